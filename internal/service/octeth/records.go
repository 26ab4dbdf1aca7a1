package octeth

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// proofKey replaces, in keys of dns_records, the random label of the TXT record that proves the
// ownership of a domain.
const proofKey = "proof"

// mxPriority is the preference of MX records for which Octeth gives none.
const mxPriority = 10

// recordsOf returns a domain's records by their keys in dns_records.
func recordsOf(domain string, records map[string]octethapi.Record) map[string]dns.Record {
	var all []dns.Record
	for _, host := range slices.Sorted(maps.Keys(records)) {
		all = append(all, recordOf(host, records[host]))
	}
	return keyed(domain, all)
}

// keyed gives records their keys: the name relative to the domain, or "@" for the domain itself.
// Octeth chooses a new label and value for the proof each time that it generates records; the key
// of the proof stays the same.
func keyed(domain string, records []dns.Record) map[string]dns.Record {
	keyed := map[string]dns.Record{}
	for _, r := range records {
		key := keyOf(domain, r)
		for n, plain := 2, key; ; n++ {
			if _, taken := keyed[key]; !taken {
				break
			}
			key = plain + "-" + strconv.Itoa(n)
		}
		keyed[key] = r
	}
	return keyed
}

// recordOf decodes one of Octeth's records. An invalid record is kept as it is, so that its
// publication reports the error.
func recordOf(host string, r octethapi.Record) dns.Record {
	value, priority := r.Value, uint16(mxPriority)
	if fields := strings.Fields(value); r.Type == "MX" && len(fields) == 2 {
		if number, err := strconv.ParseUint(fields[0], 10, 16); err == nil {
			value, priority = fields[1], uint16(number)
		}
	}
	record := dns.ShownRecord(host, r.Type, value)
	if r.Type == "MX" {
		record.Priority = priority
	}
	return record
}

// keyOf returns a record's key.
func keyOf(domain string, r dns.Record) string {
	if r.Name == domain {
		return "@"
	}
	below := strings.TrimSuffix(r.Name, "."+domain)
	if !isProof(r) {
		return below
	}
	_, rest, more := strings.Cut(below, ".")
	if !more {
		return proofKey
	}
	return proofKey + "." + rest
}

// isProof reports whether a record is the proof with the random label. Its value is a bare token,
// while TXT records with fixed names, such as SPF, DKIM and DMARC, have tags.
func isProof(r dns.Record) bool {
	return r.Type == "TXT" && !strings.HasPrefix(r.Name, "_") && !strings.ContainsAny(r.Value, "=; ")
}

// recordsValue returns records as the value of dns_records.
func recordsValue(records map[string]dns.Record) types.Map {
	shown := map[string]kit.DNSRecord{}
	for key, r := range records {
		priority := types.Int64Null()
		if r.Type == "MX" {
			priority = types.Int64Value(int64(r.Priority))
		}
		shown[key] = kit.DNSRecord{Name: types.StringValue(r.Name), Type: r.Type, Value: types.StringValue(r.Value), Priority: priority}
	}
	return kit.DNSRecordsValue(shown)
}

// recordsIn returns the records of a value of dns_records; none if it is unknown.
func recordsIn(records types.Map) []dns.Record {
	var all []dns.Record
	for _, key := range kit.SortedKeys(records.Elements()) {
		object, ok := records.Elements()[key].(types.Object)
		if !ok {
			continue
		}
		if r, known, err := zone.RecordOf(object); known && err == nil {
			all = append(all, r)
		}
	}
	return all
}

// standsIn reports whether the name of one of a domain's records contains a label, either alone or
// before a hyphen, as a prefix for tracking does.
func standsIn(records types.Map, label string) bool {
	label = strings.ToLower(label)
	return label != "" && slices.ContainsFunc(kit.SortedKeys(records.Elements()), func(key string) bool {
		return slices.ContainsFunc(strings.Split(key, "."), func(part string) bool { return part == label || strings.HasPrefix(part, label+"-") })
	})
}
