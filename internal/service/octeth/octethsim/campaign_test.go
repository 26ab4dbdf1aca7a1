package octethsim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

func TestDomainFromRegistrationToVerification(t *testing.T) {
	w := newWorld(t)
	got := w.success(w.send(http.MethodPost, "/api/v1/user.senderdomain", object{"APIKey": APIKey, "SenderDomain": "Example.COM", "UnsubscribeLink": 1}))
	domain := got["SenderDomain"].(object)
	if got["DomainID"] != 1.0 || domain["DomainID"] != "1" || domain["SenderDomain"] != "example.com" || domain["Status"] != StatusPending {
		t.Fatalf("%v", got)
	}
	if options := domain["Options"].(object); !maps.Equal(options, object{"LinkTracking": 1.0, "OpenTracking": 1.0, "UnsubscribeLink": 1.0}) {
		t.Errorf("options: %v", options)
	}
	records := at(domain, "VerificationMeta", "DNSRecords").(object)
	random := ""
	for host := range records {
		if records[host].([]any)[0] == "TXT" {
			random = host
		}
	}
	want := []string{"_dmarc.sl.example.com", "key1._domainkey.sl.example.com", "sl.example.com", "track-sl.example.com", random}
	slices.Sort(want)
	if hosts := slices.Sorted(maps.Keys(records)); !slices.Equal(hosts, want) || !strings.HasSuffix(random, ".sl.example.com") {
		t.Errorf("records: %v", records)
	}

	if got := w.ok("user.senderdomain.verify", object{"DomainID": 1}); got["IsVerified"] != false || got["Status"] != StatusPending {
		t.Errorf("nothing is published: %v", got)
	}
	w.publish(records)
	if got := w.ok("user.senderdomain.verify", object{"DomainID": 1}); got["IsVerified"] != false {
		t.Errorf("what was looked up is kept for a minute: %v", got)
	}
	w.Advance(probeLife)
	got = w.ok("user.senderdomain.verify", object{"DomainID": 1})
	if got["IsVerified"] != true || got["Status"] != StatusEnabled {
		t.Errorf("all is published: %v", got)
	}
	for host, record := range got["DNSRecords"].(object) {
		if list := record.([]any); len(list) != 3 || list[2] != true {
			t.Errorf("%s: %v", host, list)
		}
	}
	shown := w.success(w.send(http.MethodGet, "/api/v1/user.senderdomain?APIKey="+APIKey+"&DomainID=1", nil))
	if at(shown, "SenderDomain", "Status") != StatusEnabled || at(shown, "SenderDomain", "LastVerifiedAt") != "2030-01-02 03:05:05" {
		t.Errorf("%v", shown)
	}
}

func TestRecordsAreTriState(t *testing.T) {
	w := newWorld(t)
	id, records := w.create("example.com")
	delete(records, "_dmarc.sl.example.com")
	w.publish(records)
	dns := func(host string) any {
		got := w.success(w.send(http.MethodGet, "/api/v1/user.senderdomain.dns?apikey="+APIKey+"&domainid=1", nil))
		return at(got, "DNSRecords", host, "IsVerified")
	}
	if seen := dns("sl.example.com"); seen != nil {
		t.Errorf("before any look: %v", seen)
	}
	w.ok("user.senderdomain.verify", object{"DomainID": id})
	if seen, missing := dns("sl.example.com"), dns("_dmarc.sl.example.com"); seen != true || missing != false {
		t.Errorf("after it: %v, %v", seen, missing)
	}
}

func TestUpdateRegeneratesRecordsWhereTheyDepend(t *testing.T) {
	w := newWorld(t)
	id, records := w.create("example.com")
	w.publish(records)
	w.ok("user.senderdomain.verify", object{"DomainID": id})

	got := w.success(w.send(http.MethodPatch, "/api/v1/user.senderdomain", object{"APIKey": APIKey, "DomainID": id, "LinkTracking": false}))
	if got["DNSRegenerated"] != nil || at(got, "SenderDomain", "Status") != StatusEnabled || at(got, "SenderDomain", "Options", "LinkTracking") != 0.0 {
		t.Errorf("a flag: %v", got)
	}
	if r := w.send(http.MethodPatch, "/api/v1/user.senderdomain?APIKey="+APIKey+"&DomainID=1", object{"OpenTracking": 0}); !strings.Contains(r.Body.String(), "99998") {
		t.Errorf("the query of a PATCH is not read: %s", r.Body)
	}

	got = w.ok("user.senderdomain.update", object{"DomainID": id, "CustomSubdomain": "em", "UseTrackingSubdomain": false})
	after := at(got, "SenderDomain", "VerificationMeta", "DNSRecords").(object)
	if got["DNSRegenerated"] != true || at(got, "SenderDomain", "Status") != StatusPending || len(after) != 4 || after["em.example.com"] == nil {
		t.Errorf("a label: %v", got)
	}
	for host := range after {
		if records[host] != nil {
			t.Errorf("%s was there before", host)
		}
	}
	again := w.ok("user.senderdomain.update", object{"DomainID": id, "CustomSubdomain": "em"})
	if again["DNSRegenerated"] != nil {
		t.Errorf("the same once more: %v", again)
	}
	if w.ok("user.senderdomain.verify", object{"DomainID": id})["IsVerified"] != false {
		t.Error("the records of before still count")
	}

	got = w.ok("user.senderdomain.update", object{"DomainID": id, "CustomSubdomain": "mx"})
	w.publish(at(got, "SenderDomain", "VerificationMeta", "DNSRecords").(object))
	if w.ok("user.senderdomain.verify", object{"DomainID": id})["IsVerified"] != true {
		t.Error("what was found of the records of before is kept for those of now")
	}
}

func TestCreatingAgainBeginsAnew(t *testing.T) {
	w := newWorld(t)
	id, before := w.create("example.com")
	w.publish(before)
	w.ok("user.senderdomain.verify", object{"DomainID": id})
	again, after := w.create("example.com")
	if again != id || w.status(id) != StatusPending || maps.EqualFunc(before, after, func(a, b any) bool { return a.([]any)[1] == b.([]any)[1] }) {
		t.Errorf("%v: %v, then %v: %v", id, before, again, after)
	}
	w.ok("user.senderdomain.delete", object{"DomainID": id})
	if list := w.ok("user.senderdomain.list", nil)["SenderDomains"].([]any); len(list) != 0 {
		t.Errorf("after its end: %v", list)
	}
	if r := w.success(w.send(http.MethodGet, "/api/v1/user.senderdomains?APIKey="+APIKey, nil)); r["SenderDomains"] == nil {
		t.Error("an empty list is null")
	}
	if again, _ = w.create("example.com"); again != id {
		t.Errorf("its id is %v", again)
	}
}

func TestRefusalsOfCampaignCommands(t *testing.T) {
	w := newWorld(t)
	id, _ := w.create("example.com")
	w.Under(fault.Conditions{Settings: map[string]string{SettingDomains: "1"}})
	for name, test := range map[string]struct {
		command string
		params  object
		status  int
		code    float64
	}{
		"no domain":          {"create", object{}, 200, 1},
		"localhost":          {"create", object{"SenderDomain": "localhost"}, 200, 4},
		"one too many":       {"create", object{"SenderDomain": "example.org"}, 403, 5},
		"a label":            {"create", object{"SenderDomain": "example.com", "CustomSubdomain": "-em"}, 200, 6},
		"a long label":       {"update", object{"DomainID": id, "CustomTrackPrefix": strings.Repeat("a", 33)}, 200, 6},
		"no name":            {"create", object{"SenderDomain": "a b"}, 400, 7},
		"no id":              {"get", object{}, 200, 1},
		"an unknown id":      {"get", object{"DomainID": 99}, 200, 2},
		"another's":          {"delete", object{"DomainID": id, "APIKey": OtherAPIKey}, 200, 2},
		"an unknown status":  {"update", object{"DomainID": id, "Status": "Suspended"}, 200, 9},
		"enable, unverified": {"update", object{"DomainID": id, "Status": "enabled"}, 200, 10},
		"a dead session":     {"list", object{"SessionID": ExpiredSessionID}, 200, 99999},
		"a wrong key":        {"list", object{"APIKey": "XXXX-XXXX-XXXX-XXXX"}, 200, 99998},
	} {
		r := w.command("user.senderdomain."+test.command, test.params)
		got := decode(t, r)
		if errors, ok := got["Errors"].([]any); r.Code != test.status || !ok || at(errors[0], "Code") != test.code {
			t.Errorf("%s: %d %s", name, r.Code, r.Body)
		}
	}
	if w.status(id) != StatusPending {
		t.Error("a refusal has changed the domain")
	}
	if again, _ := w.create("example.com"); again != id {
		t.Error("one that is there already is not one too many")
	}
}

func TestUserCanPauseAVerifiedDomain(t *testing.T) {
	w := newWorld(t)
	id, records := w.create("example.com")
	w.publish(records)
	w.ok("user.senderdomain.verify", object{"DomainID": id})
	w.ok("user.senderdomain.update", object{"DomainID": id, "status": "Disabled"})
	w.ok("user.senderdomain.verify", object{"DomainID": id})
	if got := w.status(id); got != StatusDisabled {
		t.Errorf("after a verification it is %v", got)
	}
	w.ok("user.senderdomain.update", object{"DomainID": id, "status": "Enabled"})
	if got := w.status(id); got != StatusEnabled {
		t.Errorf("it is %v", got)
	}
}

func TestWithoutTemplateThereIsNothingToVerify(t *testing.T) {
	w := newWorld(t)
	w.Under(fault.Conditions{Switches: map[string]bool{SwitchNoTemplate: true}})
	got := w.ok("user.senderdomain.create", object{"SenderDomain": "example.com"})
	if empty, ok := at(got, "SenderDomain", "VerificationMeta", "DNSRecords").([]any); !ok || len(empty) != 0 || at(got, "SenderDomain", "Status") != StatusEnabled {
		t.Errorf("%v", got)
	}
}
