package azureapi_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

// What Azure does not take is refused before anything is sent.
func TestLimits(t *testing.T) {
	w := newWorld(t, apex)
	w.put(t, "TXT", "many", text(60, numbered("value %d", 20)...))
	w.put(t, "TXT", "twin", text(60, "the same"))
	w.put(t, "TXT", "long", object{"TTL": 60, "TXTRecords": []object{{"value": numbered(strings.Repeat("x", 250)+"%d", 16)}}})
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	w.Forget()
	for what, test := range map[string]struct {
		record dns.Record
		text   string
	}{
		"a record too many":       {txt("many."+apex, "one more"), "would have 21 records, and Azure DNS takes at most 20"},
		"texts too long together": {txt("long."+apex, strings.Repeat("y", 100)), "and Azure DNS takes at most 4096 for all TXT records at one name"},
		"a twin":                  {txt("twin."+apex, "the same"), "Azure DNS keeps no record twice"},
		"a TTL":                   {dns.Record{Name: "a." + apex, Type: "TXT", Value: "x", TTL: 1 << 31}, "a TTL at Azure DNS is 1 to 2147483647 seconds"},
		"a type":                  {dns.Record{Name: "a." + apex, Type: "NAPTR", Value: `1 1 "" "" "" .`}, "records of this type cannot be written at Azure here"},
		"half a character":        {txt("a."+apex, "\xff"), "UTF-8"},
		"a null MX":               {dns.Record{Name: "a." + apex, Type: "MX", Value: dns.NullTarget}, "no MX record without a mail host"},
	} {
		err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{txt("first."+apex, "x"), test.record}})
		var refused *dns.RefusedError
		if !errors.As(err, &refused) || refused.Record.Name != test.record.Name || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if calls := w.Called(); len(calls) > 0 {
		t.Errorf("something was sent: %q", calls)
	}
}

// A set that has more records than usual shows that its limit was raised.
func TestRaisedLimit(t *testing.T) {
	w := newWorld(t, apex)
	if err := w.EditZone(azuresim.Group, apex, func(z *azuresim.Zone) { z.MaxRecords = 41 }); err != nil {
		t.Fatal(err)
	}
	w.put(t, "TXT", "@", text(60, numbered("value %d", 40)...))
	h := w.host(t, azuresim.Token)
	if err := h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: []dns.Record{txt(apex, "one more")}}); err != nil {
		t.Error(err)
	}
	snapshot := read(t, h)
	one(t, snapshot, apex, "TXT", "value 39")
	one(t, snapshot, apex, "TXT", "one more")
	err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{txt(apex, "too many")}})
	var refused *dns.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "exceeds the maximum of 41") {
		t.Errorf("Azure's own answer: %v", err)
	}
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Delete: []dns.Record{one(t, snapshot, apex, "TXT", "value 0")}}); err != nil {
		t.Error(err)
	}
}

// A change that needs a permission that the identity does not have says which, and on what.
func TestPermissionOfARecordType(t *testing.T) {
	w := newWorld(t, apex)
	h := w.host(t, azuresim.TextToken)
	if err := h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: []dns.Record{txt("a."+apex, "x")}}); err != nil {
		t.Error(err)
	}
	err := h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: []dns.Record{{Name: "b." + apex, Type: "CNAME", Value: "host.example.net"}}})
	if !errors.Is(err, api.ErrAuth) || errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "perform action 'Microsoft.Network/dnszones/CNAME/write'") ||
		!strings.Contains(err.Error(), "DNS Zone Contributor") {
		t.Errorf("%v", err)
	}
}

// A refusal for too many changes is repeated when Azure says so, and no other failure is.
func TestThrottling(t *testing.T) {
	w := newWorld(t, apex)
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	w.fail(fault.Fault{Kind: fault.Status, Status: 429, Method: http.MethodPut, Count: 1, RetryAfter: fault.Duration(time.Second)})
	w.Forget()
	start := time.Now()
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{txt("a."+apex, "x")}}); err != nil {
		t.Error(err)
	}
	if writes := w.Count("PUT "); writes != 2 || time.Since(start) < time.Second {
		t.Errorf("%d writes in %s", writes, time.Since(start))
	}
	w.under(fault.Conditions{Settings: map[string]string{azuresim.SettingLists: "1"}})
	_ = read(t, h)
	_, err := h.Read(t.Context(), snapshot.Zone)
	if !errors.Is(err, api.ErrRateLimited) || !strings.Contains(err.Error(), "not before") {
		t.Errorf("a second list in the minute: %v", err)
	}
}
