package godaddyapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

// Records are decoded whatever way they are written, also those that are none.
func TestReadDecodes(t *testing.T) {
	number := func(n int) *int { return &n }
	there := []godaddysim.Record{
		{Type: "cname", Name: "WWW", Data: "@", TTL: 600},
		{Type: "CNAME", Name: "shop", Data: "Shop.Example.NET", TTL: 600},
		{Type: "MX", Name: "@", Data: "mail.example.net.", TTL: 600, Priority: number(10)},
		{Type: "MX", Name: "none", Data: ".", TTL: 600, Priority: number(0)},
		{Type: "MX", Name: "odd", Data: "@", TTL: 600},
		{Type: "A", Name: "@", Data: "Parked", TTL: 600},
		{Type: "AAAA", Name: "*", Data: "2001:DB8:0::1", TTL: 600},
		{Type: "TXT", Name: "s1._domainkey", Data: ` "v=DKIM1; p=" \ é`, TTL: 600},
		{Type: "TXT", Name: "bad name", Data: "x", TTL: 600},
		{Type: "SRV", Name: "@", Data: "IMAP.example.net", TTL: 600, Service: "_imaps", Protocol: "_tcp", Priority: number(0), Weight: number(1), Port: number(993)},
		{Type: "SRV", Name: "sub", Data: ".", TTL: 600, Service: "_pop3", Protocol: "_tcp", Priority: number(0), Weight: number(0), Port: number(0)},
		{Type: "CAA", Name: "@", Data: "ca.example", TTL: 600, Flag: number(128), Tag: "issue"},
		{Type: "ALIAS", Name: "@", Data: "host.example.net.", TTL: 600},
		{Type: "X-OWN", Name: "own", Data: "something of GoDaddy's", TTL: 600},
	}
	want := []dns.Record{
		{Name: apex, Type: "NS", Value: "ns01.domaincontrol.com", TTL: 3600},
		{Name: apex, Type: "NS", Value: "ns02.domaincontrol.com", TTL: 3600},
		{Name: "www." + apex, Type: "CNAME", Value: apex, TTL: 600},
		{Name: "shop." + apex, Type: "CNAME", Value: "shop.example.net", TTL: 600},
		{Name: apex, Type: "MX", Value: "mail.example.net", Priority: 10, TTL: 600},
		{Name: "none." + apex, Type: "MX", Value: dns.NullTarget, TTL: 600},
		{Name: "odd." + apex, Type: "MX", Value: apex, TTL: 600},
		{Name: apex, Type: "A", Value: "Parked", TTL: 600},
		{Name: "*." + apex, Type: "AAAA", Value: "2001:db8::1", TTL: 600},
		{Name: "s1._domainkey." + apex, Type: "TXT", Value: ` "v=DKIM1; p=" \ é`, TTL: 600},
		{Name: "bad name." + apex, Type: "TXT", Value: "x", TTL: 600},
		{Name: "_imaps._tcp." + apex, Type: "SRV", Value: "0 1 993 imap.example.net.", TTL: 600},
		{Name: "_pop3._tcp.sub." + apex, Type: "SRV", Value: "0 0 0 .", TTL: 600},
		{Name: apex, Type: "CAA", Value: `128 issue "ca.example"`, TTL: 600},
		{Name: apex, Type: "ALIAS", Value: "host.example.net", TTL: 600},
		{Name: "own." + apex, Type: "X-OWN", Value: "something of GoDaddy's", TTL: 600},
	}
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		s.put(there...)
		got := read(t, h).Records
		for i := range got {
			if (got[i].ID == "") != isV1(h) {
				t.Errorf("%s has the ID %q", got[i], got[i].ID)
			}
			got[i].ID = ""
		}
		if !slices.Equal(got, want) {
			t.Errorf("read were\n\t%+v\nwant\n\t%+v", got, want)
		}
	})
}

// New records are encoded as the APIs want them.
func TestWriteEncodes(t *testing.T) {
	ten := uint16(10)
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		err := h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: []dns.Record{
			{Name: apex, Type: "MX", Value: "mail.example.net", Priority: ten, TTL: 600},
			{Name: "none." + apex, Type: "MX", Value: dns.NullTarget},
			{Name: "_dmarc." + apex, Type: "TXT", Value: `v=DMARC1; p="none" \`, TTL: 86400},
			{Name: "*.wild." + apex, Type: "A", Value: "192.0.2.1"},
			{Name: "s1._domainkey." + apex, Type: "CNAME", Value: "s1.domainkey.example.net"},
			{Name: "_imaps._tcp.mail." + apex, Type: "SRV", Value: "0 1 993 imap.example.net."},
		}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range s.records() {
			r.ID = ""
			line, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(line))
		}
		want := []string{
			`{"name":"@","type":"MX","data":"mail.example.net.","ttl":600,"priority":10}`,
			`{"name":"none","type":"MX","data":".","ttl":3600,"priority":0}`,
			`{"name":"_dmarc","type":"TXT","data":"v=DMARC1; p=\"none\" \\","ttl":86400}`,
			`{"name":"*.wild","type":"A","data":"192.0.2.1","ttl":3600}`,
			`{"name":"s1._domainkey","type":"CNAME","data":"s1.domainkey.example.net.","ttl":3600}`,
			`{"name":"mail","type":"SRV","data":"imap.example.net.","ttl":3600,"priority":0,"weight":1,"port":993,"service":"_imaps","protocol":"_tcp"}`,
		}
		if !slices.Equal(got, want) {
			t.Errorf("written were\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
}

func TestPages(t *testing.T) {
	for _, size := range []int{97, 98, 250, 497, 498, 1100} { // and three of GoDaddy's own
		forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
			var many []godaddysim.Record
			for i := range size {
				many = append(many, text(fmt.Sprintf("n%d", i), "x"))
			}
			s.put(many...)
			s.reset()
			names := map[string]bool{}
			for _, r := range read(t, h).Records {
				names[r.Name] = true
			}
			if len(names) != size+1 {
				t.Errorf("of %d names %d were read", size+1, len(names))
			}
			calls := (size + 3 + 99) / 100
			if isV1(h) {
				calls = (size+3)/500 + 1
			}
			if got := s.called("GET"); got != calls {
				t.Errorf("%d calls for %d records, want %d", got, size+3, calls)
			}
		})
	}
}

// scripted is a host whose API answers from a list, one answer a call.
func scripted(t *testing.T, credentials func(*godaddyapi.Config), answer func(call int, r *http.Request) string) *godaddyapi.Host {
	t.Helper()
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		fmt.Fprint(w, answer(calls, r)) //nolint:errcheck // the client's error tells
	}))
	t.Cleanup(server.Close)
	base, err := api.ParseBaseURL(server.URL, false)
	if err != nil {
		t.Fatal(err)
	}
	config := godaddyapi.Config{BaseURL: base, CallsPerMinute: -1, RetryWait: time.Millisecond}
	credentials(&config)
	return godaddyapi.New(config)
}

// A zone that changes between two of its pages is read again, and given up when that does not end.
func TestZoneChangesWhileItIsRead(t *testing.T) {
	page := func(total int, first, count int) string {
		items := []string{}
		for i := range count {
			items = append(items, fmt.Sprintf(`{"recordId":"r%d","name":"n%d","type":"TXT","data":"x","ttl":600}`, first+i, first+i))
		}
		return fmt.Sprintf(`{"items":[%s],"totalItems":%d,"totalPages":%d}`, strings.Join(items, ","), total, (total+99)/100)
	}
	tests := map[string][]string{
		"one was deleted":       {page(150, 0, 100), page(149, 101, 49)},
		"one was added before":  {page(150, 0, 100), page(150, 99, 50)},
		"the last page is gone": {page(101, 0, 100), `{"items":[]}`},
	}
	for name, odd := range tests {
		t.Run(name, func(t *testing.T) {
			h := scripted(t, versions["v3 with a token"], func(call int, _ *http.Request) string {
				return slices.Concat(odd, []string{page(101, 0, 100), page(101, 100, 1)})[call-1]
			})
			if n := len(read(t, h).Records); n != 101 {
				t.Errorf("%d records", n)
			}
			h = scripted(t, versions["v3 with a token"], func(call int, _ *http.Request) string { return odd[(call-1)%2] })
			if _, err := h.Read(t.Context(), zone); !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "kept changing") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An API that does not page as it should must not keep us for ever.
func TestSamePageForEver(t *testing.T) {
	full := "[" + strings.TrimSuffix(strings.Repeat(`{"name":"n","type":"TXT","data":"x","ttl":600},`, 500), ",") + "]"
	h := scripted(t, versions["v1 with a key"], func(int, *http.Request) string { return full })
	if _, err := h.Read(t.Context(), zone); !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "same page") {
		t.Errorf("got %v", err)
	}
}

// What goes back with a record set goes back as it came, also what is not known here.
func TestRestOfASetIsUntouched(t *testing.T) {
	const set = `[{"name":"@","type":"TXT","data":"ours","ttl":600},{"name":"@","type":"TXT","data":"<theirs>","ttl":3600,"priority":0,"future":{"a":[1.50]}}]`
	var put string
	h := scripted(t, versions["v1 with a key"], func(_ int, r *http.Request) string {
		if r.Method == http.MethodPut {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			put = string(body)
			return ""
		}
		return set
	})
	base := read(t, h)
	if err := h.Apply(t.Context(), base, dns.ChangeSet{Delete: base.Records[:1]}); err != nil {
		t.Fatal(err)
	}
	if want := `[{"data":"\u003ctheirs\u003e","future":{"a":[1.50]},"priority":0,"ttl":3600}]`; put != want {
		t.Errorf("put was %s, want %s", put, want)
	}
}

func TestUnreadableAnswer(t *testing.T) {
	for name, answer := range map[string]string{"a page": "<html>Welcome</html>", "another shape": `{"items":[{"ttl":"long"}]}`, "nothing": ""} {
		for _, credentials := range versions {
			h := scripted(t, credentials, func(int, *http.Request) string { return answer })
			if _, err := h.Read(t.Context(), zone); !errors.Is(err, api.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
