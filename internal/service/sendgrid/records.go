package sendgrid

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// foreseenRecords returns the records of a new domain as far as they are known at plan. With
// automatic security, which is the default, their keys and types are known.
func (m domainBlock) foreseenRecords() types.Map {
	if m.AutomaticSecurity.IsUnknown() || !m.AutomaticSecurity.IsNull() && !m.AutomaticSecurity.ValueBool() {
		return types.MapUnknown(kit.DNSRecordType)
	}
	records := map[string]kit.DNSRecord{}
	for _, key := range []string{"mail_cname", "dkim1", "dkim2"} {
		records[key] = kit.DNSRecord{Name: types.StringUnknown(), Type: "CNAME", Value: types.StringUnknown(), Priority: types.Int64Null()}
	}
	return kit.DNSRecordsValue(records)
}

// recordsOf returns the value of dns_records of a domain. If keys were planned, it has only these
// keys. A further record at SendGrid is a warning, and the next refresh adds it.
func recordsOf(d sendgridapi.Domain, planned types.Map, diags *diag.Diagnostics) types.Map {
	records := map[string]kit.DNSRecord{}
	for key, r := range d.Records {
		if !planned.IsUnknown() {
			if _, foreseen := planned.Elements()[key]; !foreseen {
				diags.AddWarning("SendGrid requires a record that was not planned",
					"It is "+r.Type+" "+r.Name+", and appears in dns_records, as "+key+", with the next plan.")
				continue
			}
		}
		records[key] = kit.DNSRecord{Name: types.StringValue(r.Name), Type: r.Type, Value: types.StringValue(r.Data), Priority: priorityOf(r)}
	}
	return kit.DNSRecordsValue(records)
}

// priorityOf returns the preference of an MX record, and null for other records.
func priorityOf(r sendgridapi.Record) types.Int64 {
	if r.Type != "MX" {
		return types.Int64Null()
	}
	return types.Int64Value(int64(r.Priority))
}

// lackingKeys returns the planned keys for which a new domain has no record.
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
