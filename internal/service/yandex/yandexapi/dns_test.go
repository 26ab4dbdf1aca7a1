package yandexapi_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

// zone is the answer to dns/list with these records.
func zone(records ...string) string {
	return fmt.Sprintf(`{"success":"ok","domain":"example.com","records":[%s]}`, strings.Join(records, ","))
}

const (
	wireMX  = `{"record_id":11,"type":"MX","domain":"example.com","fqdn":"example.com","subdomain":"@","content":"mx.yandex.net.","ttl":21600,"priority":10}`
	wireTXT = `{"record_id":"12","type":"TXT","fqdn":"mail._domainkey.Example.com.","subdomain":"mail._domainkey","content":"v=DKIM1; p=SW52ZW50ZWQ=","ttl":"900","priority":""}`
	wireSRV = `{"record_id":13,"type":"SRV","fqdn":"_imaps._tcp.example.com","subdomain":"_imaps._tcp","target":"imap.yandex.com.","ttl":900,"priority":0,"weight":5,"port":"993"}`
	wireSOA = `{"record_id":14,"type":"SOA","fqdn":"example.com","subdomain":"@","content":"dns1.yandex.net.","ttl":14400,"priority":"","admin_mail":"admin@example.com","refresh":14400,"retry":900,"minttl":14400}`
)

func TestDNSRecords(t *testing.T) {
	s := newScripted(t)
	s.says("GET dns/list", zone(wireMX, wireTXT, wireSRV, wireSOA))
	got, err := s.client().DNSRecords(t.Context(), "example.com")
	want := []yandexapi.DNSRecord{
		{ID: 11, Type: "MX", Subdomain: "@", Name: "example.com", Content: "mx.yandex.net.", TTL: 21600, Priority: new(uint16(10))},
		{ID: 12, Type: "TXT", Subdomain: "mail._domainkey", Name: "mail._domainkey.example.com", Content: "v=DKIM1; p=SW52ZW50ZWQ=", TTL: 900},
		{ID: 13, Type: "SRV", Subdomain: "_imaps._tcp", Name: "_imaps._tcp.example.com", Content: "imap.yandex.com.", TTL: 900, Priority: new(uint16(0)), Weight: new(uint16(5)), Port: new(uint16(993))},
		{ID: 14, Type: "SOA", Subdomain: "@", Name: "example.com", Content: "dns1.yandex.net.", TTL: 14400},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAddDNSRecord(t *testing.T) {
	mx := yandexapi.DNSRecord{Type: "MX", Content: "MX.yandex.net", TTL: 900, Priority: new(uint16(10))}
	for _, tc := range []struct {
		name   string
		answer []string
		zones  []string
		adds   int
		kind   error
		want   string
	}{
		{name: "added", answer: []string{`{"success":"ok","record":{"record_id":11}}`}, zones: []string{zone(wireTXT), zone(wireTXT, wireMX)}, adds: 1},
		{name: "there already", zones: []string{zone(wireMX)}, kind: api.ErrConflict, want: "with the id 11"},
		{name: "the answer is lost", answer: []string{cut}, zones: []string{zone(), zone(wireMX)}, adds: 1},
		{name: "the answer is lost, and it is not there", answer: []string{cut}, zones: []string{zone()}, adds: 1, kind: api.ErrOutcomeUnknown, want: "safe to run again"},
		{name: "it fails twice for a time", answer: []string{refusal(yandexapi.Unknown), refusal(yandexapi.Unknown), fine}, zones: []string{zone(), zone(), zone(), zone(wireMX)}, adds: 3},
		{name: "not stored", answer: []string{fine}, zones: []string{zone(wireTXT)}, adds: 1, kind: api.ErrUnavailable, want: "the zone does not show it"},
		{name: "refused", answer: []string{refusal(yandexapi.NotAllowed)}, zones: []string{zone()}, adds: 1, kind: yandexapi.NotAllowed, want: "add the MX record @ to the zone of example.com"},
		{name: "the zone cannot be read", zones: []string{refusal(yandexapi.NotAllowed)}, kind: yandexapi.NotAllowed, want: "list the DNS records"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.says("GET dns/list", tc.zones...)
			if tc.answer != nil {
				s.says("POST dns/add", tc.answer...)
			}
			r, err := s.client().AddDNSRecord(t.Context(), "example.com", mx)
			if tc.kind != nil {
				wantError(t, err, tc.kind, tc.want)
			} else if err != nil || r.ID != 11 {
				t.Errorf("%+v, %v", r, err)
			}
			if n := s.count("POST dns/add"); n != tc.adds {
				t.Errorf("added %d times", n)
			}
			if tc.adds > 0 {
				form := s.last("POST dns/add")
				if form.Get("type") != "MX" || form.Get("subdomain") != "@" || form.Get("priority") != "10" || form.Get("ttl") != "900" || form.Has("weight") {
					t.Errorf("sent %v", form)
				}
			}
		})
	}
}

func TestEditDNSRecord(t *testing.T) {
	srv := yandexapi.DNSRecord{ID: 13, Type: "SRV", Subdomain: "_IMAPS._tcp", Content: "imap.yandex.com", TTL: 900, Priority: new(uint16(0)), Weight: new(uint16(5)), Port: new(uint16(993))}
	for _, tc := range []struct {
		name, answer string
		zones        []string
		kind         error
		want         string
	}{
		{name: "edited", answer: fine, zones: []string{zone(wireMX, wireSRV)}},
		{name: "edited after a moment", answer: fine, zones: []string{zone(strings.Replace(wireSRV, "993", "143", 1)), zone(wireSRV)}},
		{name: "edited one after the other", answer: fine, zones: []string{
			zone(strings.Replace(wireSRV, `"priority":0`, `"priority":1`, 1)), zone(strings.Replace(wireSRV, `"weight":5`, `"weight":6`, 1)), zone(wireSRV),
		}},
		{name: "not stored", answer: fine, zones: []string{zone(strings.Replace(wireSRV, `"ttl":900`, `"ttl":901`, 1))}, kind: api.ErrUnavailable, want: "does not show it"},
		{name: "gone", answer: refusal("odd"), zones: []string{zone(wireMX)}, kind: api.ErrNotFound, want: "no record of the id 13"},
		{name: "refused", answer: refusal(yandexapi.Blocked), zones: []string{zone(wireSRV)}, kind: yandexapi.Blocked},
		{name: "refused, and it cannot be read", answer: refusal(yandexapi.NotAllowed), zones: []string{refusal(yandexapi.NoReply)}, kind: yandexapi.NotAllowed},
		{name: "done, and it cannot be read", answer: fine, zones: []string{refusal(yandexapi.BadToken)}, kind: api.ErrOutcomeUnknown, want: "the check failed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.says("POST dns/edit", tc.answer)
			s.says("GET dns/list", tc.zones...)
			r, err := s.client().EditDNSRecord(t.Context(), "example.com", srv)
			if tc.kind != nil {
				wantError(t, err, tc.kind, tc.want)
			} else if err != nil || r.ID != 13 || r.Content != "imap.yandex.com." || *r.Priority != 0 || *r.Weight != 5 || *r.Port != 993 {
				t.Errorf("%+v, %v", r, err)
			}
			form := s.last("POST dns/edit")
			if form.Get("record_id") != "13" || form.Get("target") != "imap.yandex.com" || form.Get("port") != "993" || form.Has("type") {
				t.Errorf("sent %v", form)
			}
		})
	}
}

func TestDeleteDNSRecord(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		zones        []string
		kind         error
	}{
		{name: "deleted", answer: fine, zones: []string{zone(wireMX)}},
		{name: "deleted after a moment", answer: fine, zones: []string{zone(wireTXT), zone()}},
		{name: "gone before", answer: refusal("odd"), zones: []string{zone(wireMX)}},
		{name: "the answer is lost", answer: cut, zones: []string{zone()}},
		{name: "refused", answer: refusal(yandexapi.Blocked), zones: []string{zone(wireTXT)}, kind: yandexapi.Blocked},
		{name: "still there", answer: fine, zones: []string{zone(wireTXT)}, kind: api.ErrUnavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.says("POST dns/del", tc.answer)
			s.says("GET dns/list", tc.zones...)
			err := s.client().DeleteDNSRecord(t.Context(), "example.com", 12)
			if tc.kind != nil {
				wantError(t, err, tc.kind)
			} else if err != nil {
				t.Error(err)
			}
			if form := s.last("POST dns/del"); form.Get("record_id") != "12" || form.Get("domain") != "example.com" {
				t.Errorf("sent %v", form)
			}
		})
	}
}

func TestTTLOutsideOfTheLimits(t *testing.T) {
	s := newScripted(t)
	for _, ttl := range []uint32{1, 899, 1209601} {
		record := yandexapi.DNSRecord{ID: 1, Type: "A", Content: "192.0.2.1", TTL: ttl}
		_, err := s.client().AddDNSRecord(t.Context(), "example.com", record)
		wantError(t, err, nil, "Nothing was sent", "between 900 and 1209600")
		_, err = s.client().EditDNSRecord(t.Context(), "example.com", record)
		wantError(t, err, nil, "Nothing was sent")
	}
	if len(s.calls) > 0 {
		t.Errorf("calls: %v", s.calls)
	}
}
