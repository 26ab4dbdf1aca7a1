package azureapi_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

// set is a record set with properties that no call could give it.
func set(recordType, name, properties string) *azuresim.Set {
	s := &azuresim.Set{Type: recordType, Name: name}
	if err := json.Unmarshal([]byte(properties), &s.Properties); err != nil {
		panic(err)
	}
	return s
}

func mustJSON(t testing.TB, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func canonical(group string) string {
	return "/subscriptions/" + azuresim.Subscription + "/resourceGroups/" + strings.ToLower(group) + "/providers/Microsoft.Network/dnsZones/" + apex
}

func TestFindZone(t *testing.T) {
	w := newWorld(t, apex, "shop.example.com", "example.org")
	if err := w.EditZone("Private", "mail.example.com", func(z *azuresim.Zone) { z.Private = true }); err != nil {
		t.Fatal(err)
	}
	w.under(fault.Conditions{Settings: map[string]string{azuresim.SettingPage: "1", azuresim.SettingLists: "0"}})
	h := w.host(t, azuresim.Token)
	for name, want := range map[string]string{
		apex: apex, "www.example.com": apex, "a.shop.example.com": "shop.example.com", "Example.ORG.": "example.org", "s1._domainkey.mail.example.com": apex,
	} {
		zone, err := h.FindZone(t.Context(), name)
		if err != nil || zone.Apex != want || len(zone.NameServers) != 4 {
			t.Errorf("%s: %+v, %v", name, zone, err)
		}
	}
	if calls := w.Called(); len(calls) != 4 {
		t.Errorf("a list of four zones, one in each part, took the calls %q", calls)
	}
	zones := dnstest.ListZones(t, h)
	if got := dnstest.Apexes(zones); !slices.Equal(got, []string{apex, "example.org", "shop.example.com"}) {
		t.Errorf("the zones are %q", got)
	}
	if zone := find(t, h); zone.ID != canonical(azuresim.Group) || !slices.Equal(zone.NameServers, []string{
		"ns1-01.azure-dns.com", "ns2-01.azure-dns.net", "ns3-01.azure-dns.org", "ns4-01.azure-dns.info",
	}) {
		t.Errorf("the zone is %+v", zone)
	}
	_, err := h.FindZone(t.Context(), "nobodys.example")
	if !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "none of the 3 public zones") {
		t.Errorf("%v", err)
	}
}

// Two public zones have one name. A private one with the same name does not count, and is not edited.
func TestTwins(t *testing.T) {
	w := newWorld(t, apex)
	for _, private := range []string{"inside", "Outside"} {
		if err := w.EditZone(private, apex, func(z *azuresim.Zone) { z.Private = private == "inside" }); err != nil {
			t.Fatal(err)
		}
	}
	h := w.host(t, azuresim.Token)
	_, err := h.FindZone(t.Context(), "www."+apex)
	var twins *dns.AmbiguousZoneError
	if !errors.As(err, &twins) || twins.Apex != apex || len(twins.Zones) != 2 ||
		twins.Zones[0].ID != canonical("outside") || twins.Zones[1].ID != canonical(azuresim.Group) {
		t.Fatalf("%+v", err)
	}
	for _, zone := range twins.Zones {
		if got, is := twins.Delegated(zone.NameServers); !is || got.ID != zone.ID {
			t.Errorf("delegated to %q is %+v, %v", zone.NameServers, got, is)
		}
		byID, err := h.ZoneByID(t.Context(), zone.ID)
		if err != nil || byID.ID != zone.ID || !slices.Equal(byID.NameServers, zone.NameServers) {
			t.Errorf("%s is %+v, %v", zone.ID, byID, err)
		}
		snapshot, err := h.Read(t.Context(), byID)
		if err == nil {
			err = h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{txt(apex, zone.ID)}})
		}
		if err != nil {
			t.Error(err)
		}
	}
	if zones, err := h.Zones(t.Context()); err != nil || len(zones) != 2 || zones[0].ID != twins.Zones[0].ID || zones[1].ID != twins.Zones[1].ID {
		t.Errorf("the list has %+v, %v", zones, err)
	}
	inside, err := h.ZoneByID(t.Context(), canonical("inside"))
	if err != nil || inside.ID != canonical("inside") || !strings.Contains(inside.ReadOnly, "private") {
		t.Errorf("the private twin: %+v, %v", inside, err)
	}
	w.Forget()
	var refused *dns.RefusedError
	if err := h.Apply(t.Context(), &dns.Snapshot{Zone: inside}, dns.ChangeSet{Create: []dns.Record{txt(apex, "x")}}); !errors.As(err, &refused) || len(w.Called()) > 0 {
		t.Errorf("the private twin was to be changed: %v, %q", err, w.Called())
	}
}

func TestOnlyPrivate(t *testing.T) {
	w := newWorld(t)
	if err := w.EditZone("inside", apex, func(z *azuresim.Zone) { z.Private = true }); err != nil {
		t.Fatal(err)
	}
	h := w.host(t, azuresim.Token)
	if zone, err := h.FindZone(t.Context(), apex); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("%+v, %v", zone, err)
	}
	if zones, err := h.Zones(t.Context()); err != nil || len(zones) != 0 {
		t.Errorf("%+v, %v", zones, err)
	}
}

func TestZoneByID(t *testing.T) {
	w := newWorld(t, apex)
	h := w.host(t, azuresim.Token)
	id := canonical(azuresim.Group)
	for _, form := range []string{
		id, strings.ToUpper(id), strings.ToLower(id), strings.TrimPrefix(id, "/"), id + "/", pathOf(azuresim.Group, "Example.COM."),
	} {
		zone, err := h.ZoneByID(t.Context(), form)
		if err != nil || zone.ID != id || zone.Apex != apex || len(zone.NameServers) != 4 {
			t.Errorf("%s: %+v, %v", form, zone, err)
		}
	}
	if calls := w.Called(); len(calls) != 1 || strings.Contains(calls[0], "/providers/Microsoft.Network/dnszones?") {
		t.Errorf("the calls are %q", calls)
	}
	w.Forget()
	for form, says := range map[string]string{
		"example.com": "is not the resource ID of a DNS zone, which looks like /subscriptions/",
		"":            "is not the resource ID",
		strings.Replace(id, "dnsZones", "privateDnsZones", 1): "private DNS zone",
		strings.Replace(id, "dnsZones", "virtualNetworks", 1): "is not the resource ID",
		strings.Replace(id, azuresim.Subscription, "..", 1):   "lacks a part",
		id + "/TXT/@": "is not the resource ID",
	} {
		zone, err := h.ZoneByID(t.Context(), form)
		if !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %+v, %v", form, zone, err)
		}
	}
	if calls := w.Called(); len(calls) > 0 {
		t.Errorf("what cannot be an ID was asked for: %q", calls)
	}
	for _, missing := range []string{pathOf(azuresim.Group, "example.org"), pathOf("none", apex)} {
		if _, err := h.ZoneByID(t.Context(), missing); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "a zone_id is given") {
			t.Errorf("%s: %v", missing, err)
		}
	}
}

// An identity that may not list zones can edit one that is named.
func TestZoneThatCannotBeListed(t *testing.T) {
	w := newWorld(t, apex)
	h := w.host(t, azuresim.ZoneToken)
	_, err := h.FindZone(t.Context(), apex)
	if !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "zone_id") || !strings.Contains(err.Error(), "Microsoft.Network/dnszones/read") {
		t.Errorf("%v", err)
	}
	zone, err := h.ZoneByID(t.Context(), canonical(azuresim.Group))
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := h.Read(t.Context(), zone)
	if err == nil {
		err = h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{txt("a."+apex, "x")}})
	}
	if err != nil {
		t.Error(err)
	}
}

func TestAccess(t *testing.T) {
	for token, want := range map[string]struct {
		access dns.WriteAccess
		kind   error
		says   string
	}{
		azuresim.Token:          {dns.WriteProven, nil, ""},
		azuresim.ReaderToken:    {dns.WriteUnknown, nil, ""}, // a role can be assigned on single record sets
		azuresim.TextToken:      {dns.WriteUnknown, nil, ""},
		azuresim.ZoneToken:      {dns.WriteUnknown, nil, ""}, // may not ask
		azuresim.ExpiredToken:   {dns.WriteUnknown, api.ErrAuth, "The access token has expired"},
		"no token of anybody's": {dns.WriteUnknown, api.ErrAuth, "Azure does not accept the access token"},
	} {
		w := newWorld(t, apex)
		h := w.host(t, token)
		for range 2 {
			access, err := h.CheckAccess(t.Context(), dns.HostedZone{Apex: apex, ID: canonical(azuresim.Group)})
			if access != want.access || !errors.Is(err, want.kind) || err != nil && !strings.Contains(err.Error(), want.says) {
				t.Errorf("%s: %q, %v", token, access, err)
			}
		}
		if calls := w.Called(); want.kind == nil && len(calls) != 1 {
			t.Errorf("%s: the calls are %q", token, calls)
		}
	}
}

// A stranger learns which role is missing, and where.
func TestStranger(t *testing.T) {
	w := newWorld(t, apex)
	h := w.host(t, azuresim.StrangerToken)
	_, err := h.Read(t.Context(), dns.HostedZone{Apex: apex, ID: canonical(azuresim.Group)})
	if !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "Microsoft.Network/dnszones/recordsets/read") || !strings.Contains(err.Error(), "DNS Zone Contributor") {
		t.Errorf("%v", err)
	}
}

// A list is read in its parts, however many readers want it, and the token never goes to where a link
// leads.
func TestLists(t *testing.T) {
	w := newWorld(t, apex)
	for _, name := range numbered("n%d", 250) {
		w.put(t, "TXT", name, text(60, name))
	}
	h := w.host(t, azuresim.Token)
	var readers sync.WaitGroup
	for range 5 {
		readers.Go(func() { find(t, h) })
	}
	readers.Wait()
	if lists := w.Count("GET "); lists != 1 {
		t.Errorf("the list of zones took %d calls", lists)
	}
	w.Forget()
	if got := len(read(t, h).Records); got != 254 || w.Count("GET ") != 3 {
		t.Errorf("%d records in the calls %q", got, w.Called())
	}
	for what, link := range map[string]string{
		"elsewhere": "https://elsewhere.example" + zonePath + "/recordsets" + version,
		"to itself": w.URL + zonePath + "/recordsets" + version,
		"nowhere":   ":",
	} {
		w.fail(fault.Fault{Kind: fault.InvalidJSON, Body: `{"value":[],"nextLink":"` + link + `"}`, Count: 2})
		if _, err := h.Read(t.Context(), find(t, h)); !errors.Is(err, api.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, body := range map[string]string{
		"no list": `{}`, "no properties": `{"value":[{"name":"a","type":"Microsoft.Network/dnszones/TXT","etag":"e"}]}`,
		"no etag": `{"value":[{"name":"a","type":"Microsoft.Network/dnszones/TXT","properties":{}}]}`,
		"no data": `{"value":[{"name":"a","type":"Microsoft.Network/dnszones/A","etag":"e","properties":{"TTL":1,"ARecords":[{}]}}]}`,
	} {
		w.fail(fault.Fault{Kind: fault.InvalidJSON, Body: body, Count: 1})
		if snapshot, err := h.Read(t.Context(), find(t, h)); !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("%s: %+v, %v", what, snapshot, err)
		}
	}
}

// Record types that the provider does not write are shown, and kept.
func TestOtherTypes(t *testing.T) {
	w := newWorld(t, apex)
	w.put(t, "DS", "sub", object{"TTL": 60, "DSRecords": []object{{"keyTag": 1, "algorithm": 13, "digest": object{"algorithmType": 2, "value": strings.Repeat("ab", 32)}}}})
	w.put(t, "NAPTR", "n", object{"TTL": 60, "NAPTRRecords": []object{{"order": 1, "preference": 2, "flags": "s", "services": "x", "regexp": "", "replacement": "a.example.net"}}})
	w.put(t, "TLSA", "_25._tcp.mail", object{"TTL": 60, "TLSARecords": []object{{"usage": 3, "selector": 1, "matchingType": 1, "certAssociationData": strings.Repeat("AB", 32)}}})
	if err := w.EditZone(azuresim.Group, apex, func(z *azuresim.Zone) {
		z.Sets = append(z.Sets, set("SVCB", "x", `{"TTL":60,"SVCBRecords":[{"priority":1}]}`))
	}); err != nil {
		t.Fatal(err)
	}
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	one(t, snapshot, "_25._tcp.mail."+apex, "TLSA", "3 1 1 "+strings.Repeat("ab", 32))
	for _, r := range []dns.Record{
		one(t, snapshot, "sub."+apex, "DS", "1 13 2 "+strings.Repeat("AB", 32)),
		one(t, snapshot, "n."+apex, "NAPTR", `1 2 "s" "x" "" a.example.net.`),
		one(t, snapshot, "x."+apex, "SVCB", `{"SVCBRecords":[{"priority":1}],"TTL":60}`),
	} {
		err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Delete: []dns.Record{r}})
		var refused *dns.RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("%s was to be deleted: %v", r, err)
		}
	}
}
