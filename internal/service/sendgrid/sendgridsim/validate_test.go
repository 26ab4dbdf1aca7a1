package sendgridsim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

func TestValidate(t *testing.T) {
	for name, body := range map[string]string{
		"automatic": `{"domain":"example.com","subdomain":"news"}`,
		"manual":    `{"domain":"example.com","subdomain":"news","automatic_security":false,"custom_spf":true,"ips":["192.0.2.1"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.create(body)
			w.do("POST", path(d, "/validate"), "").want(200, fmt.Sprintf(`{"id":%d,"valid":false,"validation_results":{`, d.ID)).
				want(200, `"valid":false,"reason":"Expected `)
			w.publish(d)
			w.do("POST", path(d, "/validate"), "").want(200, fmt.Sprintf(`{"id":%d,"valid":true,`, d.ID)).
				want(200, `"valid":true,"reason":null`)
			got := w.do("GET", path(d, ""), "").want(200, fmt.Sprintf(`"last_validation_attempt_at":%d`, w.Now().Unix())).domain()
			for purpose, r := range got.DNS {
				if !r.Valid || !got.Valid {
					t.Errorf("%s is not valid: %+v", purpose, got)
				}
			}
			// One wrong record is enough, and only that is blamed.
			wrong := got.DNS["mail_cname"].Host
			if wrong != "" {
				w.Publish("CNAME", wrong, "elsewhere.example")
			} else {
				w.Publish("MX", "news.example.com", "10 elsewhere.example")
			}
			var result struct {
				Valid   bool
				Results map[string]struct {
					Valid  bool
					Reason string
				} `json:"validation_results"`
			}
			w.do("POST", path(d, "/validate"), "").into(&result)
			invalid := 0
			for purpose, r := range result.Results {
				if purpose == "spf" {
					if _, ok := got.DNS["mail_cname"]; !ok || r.Valid || r.Reason != "" {
						t.Errorf("SPF: %+v", r)
					}
					continue // it follows the CNAME, and is of no record
				}
				if !r.Valid {
					invalid++
					if !strings.Contains(r.Reason, `but found`) || !strings.Contains(r.Reason, "elsewhere.example") {
						t.Errorf("reason %q", r.Reason)
					}
				}
			}
			if result.Valid || invalid != 1 {
				t.Errorf("%+v", result)
			}
		})
	}
}

func TestValidateSPF(t *testing.T) {
	for _, tc := range []struct {
		name  string
		texts []string
		valid bool
	}{
		{"as asked for", []string{"v=spf1 include:sendgrid.net ~all"}, true},
		{"merged", []string{"v=spf1 a INCLUDE:sendgrid.net -all", "another text"}, true},
		{"another include", []string{"v=spf1 include:example.net ~all"}, false},
		{"two records", []string{"v=spf1 include:sendgrid.net ~all", "v=spf1 -all"}, false},
		{"none", nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			d := w.create(`{"domain":"example.com","subdomain":"news","automatic_security":false}`)
			w.publish(d)
			w.Publish("TXT", "news.example.com", tc.texts...)
			w.do("POST", path(d, "/validate"), "").want(200, fmt.Sprintf(`"valid":%t,"validation_results"`, tc.valid))
		})
	}
}

func TestValidateWithoutDNS(t *testing.T) {
	w := newWorld(t)
	w.BreakDNS(true)
	d := w.create(`{"domain":"example.com"}`)
	w.do("POST", path(d, "/validate"), "").want(500, "internal error getting CNAME")
	w.do("POST", "/1/validate", "").want(404, "not found")
}

func TestValidDelay(t *testing.T) {
	w := newWorld(t)
	w.Set(sendgridsim.SettingValidDelay, "2s")
	d := w.create(`{"domain":"example.com"}`)
	w.publish(d)
	w.do("POST", path(d, "/validate"), "").want(200, `"valid":false,"validation_results"`).want(200, `"reason":"Expected CNAME`)
	w.Advance(time.Second)
	w.do("POST", path(d, "/validate"), "").want(200, `"valid":false,"validation_results"`)
	w.Advance(time.Second)
	w.do("POST", path(d, "/validate"), "").want(200, `"valid":true,"validation_results"`)
}

func TestRecheck(t *testing.T) {
	w := newWorld(t)
	d := w.create(`{"domain":"example.com"}`)
	w.publish(d)
	w.do("POST", path(d, "/validate"), "").want(200, `"valid":true,"validation_results"`)
	w.ForgetDNS()
	w.Advance(time.Hour)
	w.do("GET", path(d, ""), "").want(200, `"valid":true`)
	w.Set(sendgridsim.SettingRecheck, "30m")
	w.BreakDNS(true)
	w.do("GET", path(d, ""), "").want(200, `"automatic_security":true,"valid":true`)
	w.BreakDNS(false)
	w.do("GET", path(d, ""), "").want(200, `"automatic_security":true,"valid":false`)
	w.publish(d)
	w.Advance(time.Hour)
	w.do("GET", path(d, ""), "").want(200, `"automatic_security":true,"valid":false`) // nobody asked
}

// What a domain asks for has changed, so that what was found before proves nothing.
func TestChangedSPFHasToBeValidatedAgain(t *testing.T) {
	w := newWorld(t)
	d := w.create(`{"domain":"example.com","automatic_security":false}`)
	w.publish(d)
	w.do("POST", path(d, "/validate"), "").want(200, `"valid":true,"validation_results"`)
	got := w.do("PATCH", path(d, ""), `{"custom_spf":true}`).domain()
	if got.Valid || len(got.DNS) != 4 {
		t.Errorf("%+v", got)
	}
}

func TestPriorityInMX(t *testing.T) {
	w := newWorld(t)
	w.Turn(sendgridsim.SwitchPriorityInMX, true)
	d := w.create(`{"domain":"example.com","automatic_security":false}`)
	if got := d.DNS["mail_server"].Data; got != "10 mx.sendgrid.net" {
		t.Errorf("data %q", got)
	}
	w.publish(d)
	w.do("POST", path(d, "/validate"), "").want(200, `"valid":true,"validation_results"`)
}
