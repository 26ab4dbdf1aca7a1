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

// addRecordError reports what is wrong with one of the records. The text names the record by its
// key, because the line of the configuration that Terraform shows may stand for all of them.
func addRecordError(diags *diag.Diagnostics, key, summary string, err error) {
	diags.AddAttributeError(path.Root("records").AtMapKey(key), summary, recordError(key, err).Error())
}

// recordError returns an error about one of the records, with one sentence on each line.
func recordError(key string, err error) error {
	return fmt.Errorf("records[%q]: %s", key, strings.ReplaceAll(err.Error(), "\n", ".\n")+".")
}

// refuseFaults reports records that can have no effect, such as a text that is almost an SPF
// record. It looks at the records alone, before any zone is read. A fault is an error only in a new
// record. A record in the state was published before the provider checked for such faults; it must
// not prevent a plan of the rest, or a destroy.
func refuseFaults(plan, state recordsModel, diags *diag.Diagnostics) {
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

// warnOfFaults does the same as [refuseFaults] for a configuration without a state. It only warns,
// because it cannot tell which records are new.
func warnOfFaults(config recordsModel, diags *diag.Diagnostics) {
	records := knownRecords(config.Records)
	for _, key := range kit.SortedKeys(records) {
		for _, fault := range uselessness(records[key]) {
			diags.AddAttributeWarning(path.Root("records").AtMapKey(key), "DNS record without effect",
				recordError(key, fault).Error()+" A plan that publishes it is refused.")
		}
	}
}

// uselessness returns why a record can have no effect.
func uselessness(r dns.Record) []error {
	var faults []error
	for _, fault := range r.Faults() {
		if fault.Severity == dns.Error {
			faults = append(faults, fmt.Errorf("%s %s: %s", r.Name, r.Type, fault.Reason))
		}
	}
	return faults
}

// knownRecords returns, by key, the records that are wholly known and valid.
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
