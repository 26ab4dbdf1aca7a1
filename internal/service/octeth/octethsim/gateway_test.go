package octethsim

import (
	"encoding/json"
	"testing"
)

func TestGatewayDomain(t *testing.T) {
	w := newWorld(t)
	got := w.ok("emailgateway.AddDomain", object{"DomainName": "example.com", "Subdomain": "out", "TrackPrefix": "links"})
	domain := got["Domain"].(object)
	records := at(domain, "VerificationMeta", "DNSRecords").(object)
	if got["NewSenderDomainID"] != 1.0 || domain["Status"] != StatusPending || records["links-out.example.com"] == nil || at(domain, "Options", "CustomSubdomain") != "out" {
		t.Fatalf("%v", got)
	}
	w.publish(records)
	got = w.ok("EmailGateway.VerifyDomain", object{"DomainID": "1"})
	results := got["DNSVerificationResults"].(object)
	if at(got, "Domain", "Status") != StatusEnabled || len(results) != 5 || results["out.example.com"].([]any)[2] != true {
		t.Errorf("verified: %v", got)
	}
	got = w.ok("EmailGateway.UpdateDomain", object{"DomainID": 1, "LinkTracking": 0})
	if got["SubdomainChanged"] != false || at(got, "Domain", "Status") != StatusEnabled {
		t.Errorf("a flag: %v", got)
	}
	got = w.ok("EmailGateway.UpdateDomain", object{"DomainID": 1, "Subdomain": "", "TrackPrefixDisabled": 1})
	records = at(got, "Domain", "VerificationMeta", "DNSRecords").(object)
	if got["SubdomainChanged"] != true || at(got, "Domain", "Status") != StatusPending || len(records) != 4 || records["eg.example.com"] == nil {
		t.Errorf("labels: %v", got)
	}
	// The id is a number but in the list, which is also alone in having no code.
	all := w.ok("EmailGateway.GetDomains", nil)
	_, hasCode := all["ErrorCode"]
	list := all["Domains"].([]any)
	if len(list) != 1 || list[0].(object)["DomainID"] != "1" || hasCode || at(got, "Domain", "DomainID") != 1.0 || domain["DomainID"] != 1.0 {
		t.Errorf("%v, %v", all, got)
	}
	if list := w.ok("user.senderdomain.list", nil)["SenderDomains"].([]any); len(list) != 0 {
		t.Errorf("it is among the campaign domains: %v", list)
	}
	w.ok("EmailGateway.DeleteDomain", object{"DomainID": 1})
	if got := decode(t, w.command("EmailGateway.GetDomain", object{"DomainID": 1})); got["Success"] != false || got["ErrorCode"] != 2.0 {
		t.Errorf("after its end: %v", got)
	}
}

func TestGatewayRefusalsHaveTheOlderShape(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		version, command string
		params           object
		want             string
	}{
		"a list":        {"5.9.4", "EmailGateway.AddDomain", object{"DomainName": "nodots"}, `{"ErrorCode":[2],"ErrorMessage":"Invalid domain name provided","Success":false}`},
		"a number":      {"5.6", "EmailGateway.AddDomain", object{"DomainName": "nodots"}, `{"ErrorCode":2,"ErrorMessage":"Invalid domain name provided","Success":false}`},
		"no id":         {"5.6", "EmailGateway.DeleteDomain", nil, `{"ErrorCode":1,"ErrorMessage":"Missing DomainID parameter","Success":false}`},
		"another code":  {"5.9.4", "EmailGateway.UpdateDomain", object{"DomainID": 9}, `{"ErrorCode":5,"ErrorMessage":"Sender domain not found","Success":false}`},
		"a label":       {"5.9.4", "EmailGateway.AddDomain", object{"DomainName": "example.com", "Subdomain": "a.b"}, `{"ErrorCode":[4],"ErrorMessage":"Invalid Subdomain. Letters, digits, and hyphens only; max 32 chars; no leading/trailing hyphens","Success":false}`},
		"a dead sesion": {"5.6", "EmailGateway.GetDomains", object{"SessionID": ExpiredSessionID}, `{"ErrorCode":99999,"ErrorMessage":"Session expired","Success":false}`},
	} {
		w.version(test.version)
		if r := w.command(test.command, test.params); r.Code != 200 || r.Body.String() != test.want {
			t.Errorf("%s: %d %s, want %s", name, r.Code, r.Body, test.want)
		}
	}
}

func TestGatewayDomainBeforeTheSecondGeneration(t *testing.T) {
	w := newWorld(t)
	w.version("5.6")
	for _, step := range []struct {
		command string
		params  object
		key     string
		want    string
	}{
		{"AddDomain", object{"DomainName": "example.com", "Subdomain": "ignored"}, "Domain", `{"DKIMStatus":"Pending","DomainName":"example.com","SPFStatus":"Pending","VerificationStatus":"Pending"}`},
		{"GetDomain", object{"DomainID": 1}, "Domain", `{"DomainID":1,"DomainName":"example.com","IsActive":false}`},
		{"GetDomains", nil, "Domains", `[{"Active":false,"DomainID":"1","DomainName":"example.com","Verified":false}]`},
		{"UpdateDomain", object{"DomainID": 1, "LinkTracking": 0, "Subdomain": "em"}, "Domain", `{"DomainID":"1","HostingProvider":"","LinkTracking":"0","OpenTracking":"1","Subdomain":"em","UnsubscribeLink":"0"}`},
		{"VerifyDomain", object{"DomainID": 1}, "Domain", `{"DomainID":"1","DomainName":"example.com","Status":"Approval Pending"}`},
	} {
		got := w.ok("EmailGateway."+step.command, step.params)
		shown, err := json.Marshal(got[step.key])
		if err != nil || string(shown) != step.want {
			t.Errorf("%s: %s, want %s", step.command, shown, step.want)
		}
		if step.command != "VerifyDomain" {
			continue
		}
		results, isList := got["DNSVerificationResults"].([]any)
		if !isList || len(results) != 5 || at(results[0], "Host") != "em.example.com" || at(results[0], "Verified") != false {
			t.Errorf("results: %v", got["DNSVerificationResults"])
		}
	}
}
