package sendgrid

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// foreseenRecords are the records of a new domain, as far as its configuration
// foretells them: with automatic security, which is the default, their keys and
// types.
func (m sendgridModel) foreseenRecords() types.Map {
	if m.AutomaticSecurity.IsUnknown() || !m.AutomaticSecurity.IsNull() && !m.AutomaticSecurity.ValueBool() {
		return types.MapUnknown(kit.DNSRecordType)
	}
	records := map[string]kit.DNSRecord{}
	for _, key := range []string{"mail_cname", "dkim1", "dkim2"} {
		records[key] = kit.DNSRecord{Name: types.StringUnknown(), Type: "CNAME", Value: types.StringUnknown(), Priority: types.Int64Null()}
	}
	return kit.DNSRecordsValue(records)
}

// recordsOf makes dns_records of a domain: with exactly the planned keys where
// these were foreseen. What SendGrid shows beyond them is a warning, and appears
// with the next refresh.
func recordsOf(d sendgridapi.Domain, planned types.Map, diags *diag.Diagnostics) types.Map {
	records := map[string]kit.DNSRecord{}
	for key, r := range d.Records {
		if !planned.IsUnknown() {
			if _, foreseen := planned.Elements()[key]; !foreseen {
				diags.AddWarning("SendGrid wants a record that could not be foreseen",
					"It is "+r.Type+" "+r.Name+", and appears in dns_records, as "+key+", with the next plan.")
				continue
			}
		}
		records[key] = kit.DNSRecord{Name: types.StringValue(r.Name), Type: r.Type, Value: types.StringValue(r.Data), Priority: priorityOf(r)}
	}
	return kit.DNSRecordsValue(records)
}

// priorityOf is the preference of an MX record, and null for all others.
func priorityOf(r sendgridapi.Record) types.Int64 {
	if r.Type != "MX" {
		return types.Int64Null()
	}
	return types.Int64Value(int64(r.Priority))
}

// lackingKeys are planned keys that a new domain has no record for.
func lackingKeys(planned types.Map, records map[string]sendgridapi.Record) []string {
	var lacking []string
	for key := range planned.Elements() {
		if _, ok := records[key]; !ok {
			lacking = append(lacking, key)
		}
	}
	slices.Sort(lacking)
	return lacking
}
