package sendgridsim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

func TestRecords(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       []string
	}{
		{"automatic", `{"domain":"Example.com","subdomain":"news"}`, []string{
			"dkim1 cname s1._domainkey.example.com s1.domainkey.u7770001.wl001.sendgrid.net",
			"dkim2 cname s2._domainkey.example.com s2.domainkey.u7770001.wl001.sendgrid.net",
			"mail_cname cname news.example.com u7770001.wl001.sendgrid.net",
		}},
		{"chosen subdomain, selector, subuser, region", `{"domain":"example.com","custom_dkim_selector":"abc","username":"newsletter","region":"eu"}`, []string{
			"dkim1 cname abc._domainkey.example.com abc.domainkey.u7770002.wl002.eu.sendgrid.net",
			"dkim2 cname abc2._domainkey.example.com abc2.domainkey.u7770002.wl002.eu.sendgrid.net",
			"mail_cname cname em1001.example.com u7770002.wl002.eu.sendgrid.net",
		}},
		{"manual", `{"domain":"example.com","subdomain":"news","automatic_security":false}`, []string{
			"dkim txt m1._domainkey.example.com k=rsa; t=s; p=MII",
			"mail_server mx news.example.com mx.sendgrid.net",
			"subdomain_spf txt news.example.com v=spf1 include:sendgrid.net ~all",
		}},
		{"custom SPF", `{"domain":"example.com","subdomain":"news","automatic_security":false,"custom_spf":true,"ips":["192.0.2.1","2001:db8::1"]}`, []string{
			"dkim txt m1._domainkey.example.com k=rsa; t=s; p=MII",
			"domain_spf txt example.com v=spf1 include:news.example.com -all",
			"mail_server mx news.example.com mx.sendgrid.net",
			"subdomain_spf txt news.example.com v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newWorld(t).create(tc.body)
			var got []string
			for _, purpose := range slices.Sorted(maps.Keys(d.DNS)) {
				r := d.DNS[purpose]
				got = append(got, strings.Join([]string{purpose, r.Type, r.Host, r.Data}, " "))
			}
			if !slices.EqualFunc(got, tc.want, strings.HasPrefix) {
				t.Errorf("records\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t)
	w.create(`{"domain":"example.com","subdomain":"news"}`)
	w.Set(sendgridsim.SettingDomains, "2")
	for _, tc := range []struct{ body, says string }{
		{`{`, "Invalid JSON"},
		{`{"domain":5}`, `"field":"domain"`},
		{`{"domain":"localhost"}`, "domain is invalid"},
		{`{"domain":"bücher.example"}`, "domain is invalid"},
		{`{"domain":"example.org","subdomain":"a b"}`, "subdomain is invalid"},
		{`{"domain":"example.org","custom_dkim_selector":"abcd"}`, "three letters or numbers"},
		{`{"domain":"example.org","region":"mars"}`, "region is invalid"},
		{`{"domain":"example.org","automatic_security":false,"ips":["nowhere"]}`, "ip is invalid"},
		{`{"domain":"example.org","ips":["192.0.2.1"]}`, `"field":"ips","message":"ips is only available`},
		{`{"domain":"example.org","automatic_security":true,"custom_spf":true}`, `"field":"custom_spf","message":"custom_spf is only available`},
		{`{"domain":"example.org","username":"europe"}`, "username is invalid"},
		{`{"domain":"EXAMPLE.com","subdomain":"News"}`, "An authenticated domain already exists for this URL"},
	} {
		w.do("POST", "", tc.body).want(400, tc.says)
	}
	w.create(`{"domain":"example.com"}`)
	w.do("POST", "", `{"domain":"example.org"}`).want(400, "maximum of 2")
	w.create(`{"domain":"example.org","username":"shop"}`) // each user has its own limit
	w.as(sendgridsim.Key, "", "POST", "/eu"+domains, `{"domain":"example.org","region":"global"}`).want(400, "region is invalid")
}

func TestListInPages(t *testing.T) {
	w := newWorld(t)
	for i := range 120 {
		w.create(fmt.Sprintf(`{"domain":"d%03d.example"}`, i))
	}
	w.create(`{"domain":"sub.example","username":"shop"}`)
	for query, want := range map[string]struct {
		first string
		n     int
	}{
		"":                                  {"d000.example", 50},
		"?offset=100":                       {"d100.example", 21},
		"?limit=7&offset=14":                {"d014.example", 7},
		"?offset=121":                       {"", 0},
		"?limit=200":                        {"d000.example", 121},
		"?domain=D05&limit=20":              {"d050.example", 10},
		"?username=shop":                    {"sub.example", 1},
		"?exclude_subusers=true":            {"d000.example", 50},
		"?exclude_subusers=true&offset=120": {"", 0},
	} {
		var got []domain
		w.do("GET", query, "").want(200, "").into(&got)
		if len(got) != want.n || want.n > 0 && got[0].Domain != want.first {
			t.Errorf("%s: %d domains %v, want %d from %s", query, len(got), got, want.n, want.first)
		}
	}
	w.do("GET", "?limit=x", "").want(400, `"field":"limit"`)
	for _, elsewhere := range []reply{
		w.as(sendgridsim.Key, "", "GET", "/eu"+domains, ""),
		w.as(sendgridsim.Key, "account-id "+sendgridsim.Customer, "GET", domains, ""),
		w.as(sendgridsim.Key, sendgridsim.Subuser, "GET", domains, ""),
	} {
		elsewhere.want(200, "[]")
	}
}

func TestGetUpdateDelete(t *testing.T) {
	w := newWorld(t)
	d := w.create(`{"domain":"example.com"}`)
	w.do("GET", path(d, ""), "").want(200, `"domain":"example.com"`)
	w.as(sendgridsim.Key, "", "GET", "/eu"+domains+path(d, ""), "").want(404, "not found")
	w.as(sendgridsim.Key, sendgridsim.Subuser, "GET", domains+path(d, ""), "").want(404, "not found")
	for _, hidden := range []string{"region", "selector"} {
		if got := w.do("GET", path(d, ""), ""); strings.Contains(got.body, hidden) {
			t.Errorf("%s is shown: %s", hidden, got.body)
		}
	}
	got := w.do("PATCH", path(d, ""), `{"default":true,"automatic_security":false,"domain":"example.org"}`).want(200, "").domain()
	if !got.Default || got.Domain != "example.com" || len(got.DNS) != 3 || got.CustomSPF {
		t.Errorf("updated to %+v", got)
	}
	w.do("PATCH", path(d, ""), `{"custom_spf":true}`).want(400, `"field":"custom_spf"`)
	w.Turn(sendgridsim.SwitchAsDescribed, true)
	w.do("PATCH", path(d, ""), `{"custom_spf":false}`).want(200, `[{"id":`).want(200, `"custom_spf":false,"default":true`)
	if got := w.do("DELETE", path(d, ""), "").want(204, ""); got.body != "" {
		t.Errorf("a body with 204: %s", got.body)
	}
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		w.do(method, path(d, ""), "{}").want(404, "not found")
	}
	if next := w.create(`{"domain":"example.com"}`); next.ID == d.ID {
		t.Error("an id was given out twice")
	}
}

func TestDefault(t *testing.T) {
	w := newWorld(t)
	none := `{"id":0,"user_id":0,"subdomain":"","domain":"sendgrid.net","username":"","ips":[],"custom_spf":false,` +
		`"default":false,"legacy":false,"automatic_security":false,"valid":false,"dns":{}}`
	w.do("GET", "/default", "").want(200, none)
	first := w.create(`{"domain":"example.com","default":true}`)
	w.create(`{"domain":"shop.example","default":true,"username":"shop"}`)
	w.do("GET", "/default", "").want(200, `"domain":"example.com"`)
	w.do("GET", "/default?domain=example.org", "").want(200, none)
	second := w.create(`{"domain":"example.org","default":true}`)
	w.do("GET", "/default", "").want(200, `"domain":"example.org"`)
	if w.do("GET", path(first, ""), "").domain().Default {
		t.Error("there are two defaults")
	}
	w.Turn(sendgridsim.SwitchSeveralDefaults, true)
	w.Turn(sendgridsim.SwitchAsDescribed, true)
	w.do("PATCH", path(first, ""), `{"default":true}`).want(200, "")
	var all []domain
	w.do("GET", "/default", "").want(200, "").into(&all)
	if len(all) != 2 {
		t.Errorf("%d defaults, want 2", len(all))
	}
	w.do("GET", "/default?domain="+second.Domain, "").into(&all)
	if len(all) != 1 || all[0].ID != second.ID {
		t.Errorf("defaults of %s: %+v", second.Domain, all)
	}
	w.do("DELETE", path(first, ""), "")
	w.do("DELETE", path(second, ""), "")
	w.do("GET", "/default", "").want(200, "["+none+"]")
}

func TestIPs(t *testing.T) {
	w := newWorld(t)
	w.do("POST", path(w.create(`{"domain":"example.org"}`), "/ips"), `{"ip":"192.0.2.1"}`).want(400, "only available")
	d := w.create(`{"domain":"example.com","automatic_security":false}`)
	w.do("POST", path(d, "/ips"), `{"ip":"192.0.2.1"}`).want(200, `"ips":["192.0.2.1"]`)
	w.do("POST", path(d, "/ips"), `{"ip":"192.0.2.1"}`).want(200, `"ips":["192.0.2.1"]`)
	w.do("POST", path(d, "/ips"), `{"ip":"nowhere"}`).want(400, `"field":"ip"`)
	w.Turn(sendgridsim.SwitchForgetsIPs, true)
	w.do("GET", path(d, ""), "").want(200, `"ips":[]`)
	w.Turn(sendgridsim.SwitchForgetsIPs, false)
	w.do("DELETE", path(d, "/ips/192.0.2.1"), "").want(200, `"ips":[]`)
	w.do("DELETE", path(d, "/ips/192.0.2.1"), "").want(404, "not found")
}

func TestSubusers(t *testing.T) {
	w := newWorld(t)
	var all []domain
	for i := range 6 {
		all = append(all, w.create(fmt.Sprintf(`{"domain":"d%d.example"}`, i)))
	}
	shop := `{"username":"shop"}`
	w.do("GET", "/subuser?username=shop", "").want(404, "not found")
	w.do("POST", path(all[0], "/subuser"), shop).want(201, `"subusers":[{"user_id":7770003,"username":"shop"}]`)
	w.do("POST", path(all[1], "/subuser"), shop).want(201, "")
	if got := w.do("GET", path(all[0], ""), "").domain(); len(got.Subusers) != 0 {
		t.Errorf("the subuser has two domains: %+v", got)
	}
	w.do("GET", "/subuser?username=shop", "").want(200, "d1.example")
	for _, d := range all[1:] {
		w.do("POST", path(d, "/subuser:add"), shop).want(201, `"username":"shop"`)
	}
	w.do("POST", path(all[0], "/subuser:add"), shop).want(400, "five")
	w.do("DELETE", path(all[1], "/subuser?username=shop"), "").want(204, "")
	var left []domain
	w.do("GET", "/subuser/all?username=shop", "").want(200, "").into(&left)
	if len(left) != 4 {
		t.Errorf("%d domains left, want 4", len(left))
	}
	w.do("DELETE", "/subuser?username=shop", "").want(204, "")
	w.do("GET", "/subuser/all?username=shop", "").want(200, "[]")
	for _, stranger := range []string{"europe", "nobody", ""} {
		w.do("POST", path(all[0], "/subuser"), fmt.Sprintf(`{"username":%q}`, stranger)).want(400, `"field":"username"`)
		w.do("DELETE", path(all[0], "/subuser?username="+stranger), "").want(400, `"field":"username"`)
		w.do("GET", "/subuser?username="+stranger, "").want(400, `"field":"username"`)
	}
}

// The answer has the fields of the API's description, in JSON that clients in other languages read.
func TestFields(t *testing.T) {
	w := newWorld(t)
	var got map[string]json.RawMessage
	w.do("POST", "", `{"domain":"example.com"}`).into(&got)
	want := []string{"automatic_security", "custom_spf", "default", "dns", "domain", "id", "ips", "legacy", "subdomain", "user_id", "username", "valid"}
	if fields := slices.Sorted(maps.Keys(got)); !slices.Equal(fields, want) {
		t.Errorf("fields %q, want %q", fields, want)
	}
}
