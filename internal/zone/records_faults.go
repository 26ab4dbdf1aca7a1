package zone

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

const notARecord = "Not a DNS record"

// addRecordError reports what is wrong with one of the records. The text names it by
// its key, since Terraform shows a line of the configuration, which may stand for all
// of them.
func addRecordError(diags *diag.Diagnostics, key, summary string, err error) {
	diags.AddAttributeError(path.Root("records").AtMapKey(key), summary, recordError(key, err).Error())
}

// recordError is an error about one of the records, a sentence a line.
func recordError(key string, err error) error {
	return fmt.Errorf("records[%q]: %s", key, strings.ReplaceAll(err.Error(), "\n", ".\n")+".")
}

// RefuseFaults reports records that can be of no use to anybody, such as a text that
// is nearly an SPF record. This is decided by the records alone, before any zone is
// looked at. It is an error where a record is new. What is in the state already was
// published before anybody looked for such faults: it does not keep the rest of the
// configuration from being planned, or the resource from being destroyed.
func RefuseFaults(plan, state DNSRecordsModel, diags *diag.Diagnostics) {
	known := map[dns.Identity]bool{}
	for _, r := range knownRecords(state.Records) {
		known[r.Identity()] = true
	}
	records := knownRecords(plan.Records)
	for _, key := range kit.SortedKeys(records) {
		if r := records[key]; !known[r.Identity()] {
			for _, fault := range uselessness(r) {
				addRecordError(diags, key, "DNS record without effect", fault)
			}
		}
	}
}

// WarnOfFaults is refuseFaults for the configuration alone. It cannot tell what is new,
// and so it warns.
func WarnOfFaults(config DNSRecordsModel, diags *diag.Diagnostics) {
	records := knownRecords(config.Records)
	for _, key := range kit.SortedKeys(records) {
		for _, fault := range uselessness(records[key]) {
			diags.AddAttributeWarning(path.Root("records").AtMapKey(key), "DNS record without effect",
				recordError(key, fault).Error()+" A plan that publishes it is refused.")
		}
	}
}

// uselessness lists why a record can be of no use.
func uselessness(r dns.Record) []error {
	var faults []error
	for _, fault := range r.Faults() {
		if fault.Severity == dns.Error {
			faults = append(faults, fmt.Errorf("%s %s: %s", r.Name, r.Type, fault.Reason))
		}
	}
	return faults
}

// knownRecords are the records that are known wholly and are records at all, by key.
func knownRecords(all types.Map) map[string]dns.Record {
	records := map[string]dns.Record{}
	for key, element := range all.Elements() {
		if object, ok := element.(types.Object); ok && !object.IsNull() {
			if r, known, err := RecordOf(object); err == nil && known {
				records[key] = r
			}
		}
	}
	return records
}
