package route53api_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

func TestConformance(t *testing.T) {
	dnstest.Run(t, func(t *testing.T) dnstest.Fixture { return readOnlyWorld(t).fixture(t) })
}

// Whatever goes wrong at whatever call of a change.
func TestFaultsOfEachCall(t *testing.T) {
	dnstest.RunFaults(t, func(t *testing.T, timeout time.Duration) dnstest.Fixture {
		w := readOnlyWorld(t)
		w.timeout = timeout
		return w.fixture(t)
	})
}

func TestRandomSteps(t *testing.T) {
	dnstest.RandomSteps(t, readOnlyWorld(t).fixture(t), 300, 1)
}

// readOnlyWorld has a zone that another service has made, a private zone, and two public ones with one
// name.
func readOnlyWorld(t *testing.T) *world {
	w := newWorld(t, "example.com", "example.org", "twins.example")
	w.addTwin(t, "example.com", private)
	w.addTwin(t, "twins.example", func(*route53sim.Zone) {})
	if err := w.EditZone("example.org", func(z *route53sim.Zone) { z.LinkedService = "servicediscovery.amazonaws.com" }); err != nil {
		t.Fatal(err)
	}
	return w
}

// fixture is the zone example.com, and somebody else at work with the vendor's SDK.
func (w *world) fixture(t *testing.T) dnstest.Fixture {
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	return dnstest.Fixture{
		Host:      h,
		Other:     func(t testing.TB) dns.Host { return w.host(t, route53sim.AccessKey) },
		Zone:      zone,
		ReadOnly:  find(t, h, "example.org"),
		IDForms:   []string{"/hostedzone/" + zone.ID, "arn:aws:route53:::hostedzone/" + zone.ID},
		UnknownID: "Z0123456789ABCDEFGHIJ",
		Private:   hostedZone(w.zones(t, "example.com")[1]),
		SameName:  []dns.HostedZone{hostedZone(w.zones(t, "twins.example")[0]), hostedZone(w.zones(t, "twins.example")[1])},
		Records:   func(t testing.TB) []dns.Record { return decode(t, w.zone(t, "example.com")) },
		Add: func(t testing.TB, r dns.Record) {
			w.swap(t, r, true, func(values []string) []string { return append(slices.Clone(values), encode(r)) })
		},
		Remove: func(t testing.TB, r dns.Record) {
			w.swap(t, r, false, func(values []string) []string {
				return slices.DeleteFunc(slices.Clone(values), func(value string) bool {
					return decodeValue(t, r.Name, r.Type, value).Identity() == r.Identity()
				})
			})
		},
		Faults: dnstest.Faults{
			Set: func(t testing.TB, faults ...fault.Fault) {
				w.Forget()
				w.under(t, fault.Conditions{Faults: faults})
			},
			Calls: func() []bool {
				var changing []bool
				for _, call := range w.Called() {
					changing = append(changing, !strings.HasPrefix(call, http.MethodGet))
				}
				return changing
			},
		},
	}
}

// hostedZone is a stored zone as the host has it.
func hostedZone(z route53sim.Zone) dns.HostedZone {
	return dns.HostedZone{Apex: strings.TrimSuffix(z.Name, "."), ID: z.ID, NameServers: z.NameServers}
}

// swap has somebody else change a record set as it is, and try again if it has just changed. Whoever adds
// a record decides the TTL of the set.
func (w *world) swap(t testing.TB, r dns.Record, retimed bool, change func(values []string) []string) {
	t.Helper()
	for range 100 {
		zone := w.zone(t, "example.com")
		name := strings.ReplaceAll(r.Name, "*", `\052`) + "."
		var old *types.ResourceRecordSet
		var values []string
		next := &types.ResourceRecordSet{Name: aws.String(name), Type: types.RRType(r.Type), TTL: aws.Int64(int64(r.TTL))}
		if i := slices.IndexFunc(zone.Sets, func(s *route53sim.Set) bool { return s.Name == name && s.Type == r.Type }); i >= 0 {
			for _, value := range zone.Sets[i].Values {
				values = append(values, value.Value)
			}
			copied := *next
			if old = &copied; !retimed {
				next.TTL = zone.Sets[i].TTL
			}
			old.TTL, old.ResourceRecords = zone.Sets[i].TTL, inSDK(values)
		}
		var changes []types.Change
		if old != nil {
			changes = append(changes, types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: old})
		}
		if next.ResourceRecords = inSDK(change(values)); next.ResourceRecords != nil {
			changes = append(changes, types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: next})
		}
		_, err := w.other.ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: aws.String(zone.ID), ChangeBatch: &types.ChangeBatch{Changes: changes},
		})
		var refused *types.InvalidChangeBatch
		switch {
		case err == nil:
			return
		case !errors.As(err, &refused) || !strings.Contains(refused.ErrorMessage(), "Tried to "):
			t.Fatalf("%s: %v", r, err)
		}
	}
	t.Fatalf("%s: the record set changes all the time", r)
}

func inSDK(values []string) []types.ResourceRecord {
	var records []types.ResourceRecord
	for _, value := range values {
		records = append(records, types.ResourceRecord{Value: aws.String(value)})
	}
	return records
}

// decode reads what is stored, without the code under test.
func decode(t testing.TB, zone route53sim.Zone) []dns.Record {
	t.Helper()
	var records []dns.Record
	for _, s := range zone.Sets {
		if s.Type == "SOA" {
			continue
		}
		for _, value := range s.Values {
			r := decodeValue(t, strings.TrimSuffix(strings.ReplaceAll(s.Name, `\052`, "*"), "."), s.Type, value.Value)
			r.TTL = uint32(*s.TTL)
			records = append(records, r)
		}
	}
	return records
}

// quotedStrings are strings in which a backslash escapes what follows.
var quotedStrings = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

func decodeValue(t testing.TB, name, recordType, value string) dns.Record {
	t.Helper()
	r := dns.Record{Name: name, Type: recordType, Value: value}
	switch recordType {
	case "TXT":
		r.Value = ""
		for _, quoted := range quotedStrings.FindAllString(value, -1) {
			part, err := strconv.Unquote(quoted) // Go has the same octal escapes
			if err != nil {
				t.Fatalf("%s: %v", quoted, err)
			}
			r.Value += part
		}
	case "MX":
		preference, host, _ := strings.Cut(value, " ")
		number, err := strconv.ParseUint(preference, 10, 16)
		if err != nil {
			t.Fatal(err)
		}
		r.Priority, r.Value = uint16(number), host
		if host != "." {
			r.Value = strings.TrimSuffix(host, ".")
		}
	case "CNAME", "NS", "PTR":
		r.Value = strings.TrimSuffix(value, ".")
	}
	return r
}

// encode writes a record as a person would who reads the API's documentation: with all unusual
// characters in octal.
func encode(r dns.Record) string {
	switch r.Type {
	case "TXT":
		var strs []string
		for part := range slices.Chunk([]byte(r.Value), 255) {
			quoted := ""
			for _, c := range part {
				if c < ' ' || c > '~' || c == '"' || c == '\\' {
					quoted += fmt.Sprintf(`\%03o`, c)
				} else {
					quoted += string(rune(c))
				}
			}
			strs = append(strs, `"`+quoted+`"`)
		}
		if strs == nil {
			return `""`
		}
		return strings.Join(strs, " ")
	case "MX":
		return fmt.Sprintf("%d %s", r.Priority, r.Value) // without the final dot, as it is often typed
	}
	return r.Value
}
