package zone

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// publishedType is the type of one element of the attribute published.
var publishedType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"name":     types.StringType,
	"type":     types.StringType,
	"value":    types.StringType,
	"priority": types.Int64Type,
	"ttl":      types.Int64Type,
}}

// wanted reads the configured records. Complete is false if some are not known yet; these are left
// out.
func (m recordsModel) wanted(diags *diag.Diagnostics) (wanted []dns.Wanted, complete bool) {
	if m.Records.IsUnknown() {
		return nil, false
	}
	complete = true
	elements := m.Records.Elements()
	for _, key := range kit.SortedKeys(elements) {
		object, ok := elements[key].(types.Object)
		if !ok || object.IsNull() {
			continue // ValidateConfig has refused it
		}
		r, known, err := RecordOf(object)
		switch {
		case err != nil:
			addRecordError(diags, key, notARecord, err)
		case !known:
			complete = false
		default:
			if !m.TTL.IsUnknown() {
				r.TTL = uint32(m.TTL.ValueInt64()) // within bounds by the validator
			}
			wanted = append(wanted, dns.Wanted{Key: key, Record: r})
		}
	}
	return wanted, complete && !m.TTL.IsUnknown()
}

// RecordOf reads one element of records. Its error lists everything that is wrong with it, on one
// line each.
func RecordOf(object types.Object) (r dns.Record, known bool, err error) {
	if object.IsUnknown() {
		return r, false, nil
	}
	parts := object.Attributes()
	name, _ := parts["name"].(types.String)
	recordType, _ := parts["type"].(types.String)
	value, _ := parts["value"].(types.String)
	priority, _ := parts["priority"].(types.Int64)
	for _, part := range []attr.Value{name, recordType, value, priority} {
		if part.IsUnknown() {
			return r, false, nil
		}
	}
	if name.IsNull() || recordType.IsNull() || value.IsNull() {
		return r, true, errors.New("name, type and value are required")
	}
	r, err = dns.NewRecord(name.ValueString(), recordType.ValueString(), value.ValueString())
	if err = errors.Join(err, checkPriority(recordType.ValueString(), value.ValueString(), priority)); err != nil {
		return dns.Record{}, true, err
	}
	r.Priority = uint16(priority.ValueInt64()) // within bounds by the validator
	return r, true, nil
}

// ownPriority are the record types whose value starts with a priority of its own.
var ownPriority = []string{"SRV", "URI", "SVCB", "HTTPS", "NAPTR", "KX", "AFSDB"}

// checkPriority says what is wrong with a record's priority.
func checkPriority(recordType, value string, priority types.Int64) error {
	recordType = strings.ToUpper(strings.TrimSpace(recordType))
	switch {
	case recordType == "MX" && priority.IsNull() && !strings.ContainsAny(strings.TrimSpace(value), " \t"):
		return errors.New("an MX record needs a priority")
	case recordType == "MX" || priority.IsNull():
		return nil
	case slices.Contains(ownPriority, recordType):
		return fmt.Errorf("the priority of %s records is the first number of their value, such as \"%d …\"; only MX records have the attribute", recordType, priority.ValueInt64())
	}
	return fmt.Errorf("a %s record has no priority; only MX records do", recordType)
}

// isMerged reports whether a record is merged into another one, so that its value in the zone is
// known only after the write.
func isMerged(r dns.Record) bool { return r.Type == "TXT" && mailrecord.IsSPF(r.Value) }

// publishedValue returns one element of the attribute published.
func publishedValue(r dns.Record, value types.String, ttl types.Int64) types.Object {
	priority := types.Int64Null()
	if r.Type == "MX" {
		priority = types.Int64Value(int64(r.Priority))
	}
	return types.ObjectValueMust(publishedType.AttrTypes, map[string]attr.Value{
		"name": types.StringValue(r.Name), "type": types.StringValue(r.Type),
		"value": value, "priority": priority, "ttl": ttl,
	})
}

// mergePublished fills the unknown parts of the planned attribute published with the result of the
// write. Known parts stay exactly as planned, as Terraform requires.
func mergePublished(planned types.Map, published []dns.Published) types.Map {
	elements := map[string]attr.Value{}
	for _, p := range published {
		elements[p.Key] = publishedOf(p)
		before, ok := planned.Elements()[p.Key].(types.Object)
		if !ok || before.IsUnknown() || before.IsNull() {
			continue
		}
		merged := before.Attributes()
		for name, v := range publishedOf(p).Attributes() {
			if merged[name].IsUnknown() {
				merged[name] = v
			}
		}
		elements[p.Key] = types.ObjectValueMust(publishedType.AttrTypes, merged)
	}
	return types.MapValueMust(publishedType, elements)
}

// publishedOf returns one published record. It has the wanted text unless it was merged, because
// the zone may spell the same value differently.
func publishedOf(p dns.Published) types.Object {
	value := p.Wanted.Value
	if isMerged(p.Wanted) {
		value = p.Record.Value
	}
	ttl := types.Int64Null()
	if p.Record.TTL != 0 {
		ttl = types.Int64Value(int64(p.Record.TTL))
	}
	return publishedValue(p.Wanted, types.StringValue(value), ttl)
}

// recordsFromJSON reads the records of an import ID.
func recordsFromJSON(text string) (types.Map, error) {
	var parsed map[string]struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Value    string `json:"value"`
		Priority *int64 `json:"priority"`
	}
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		return types.Map{}, fmt.Errorf("it is not the JSON of a map of records: %w", err)
	}
	if len(parsed) == 0 {
		return types.Map{}, errors.New("it names no records")
	}
	elements := map[string]attr.Value{}
	var wrong []error
	for _, key := range kit.SortedKeys(parsed) {
		r := parsed[key]
		object := types.ObjectValueMust(kit.DNSRecordType.AttrTypes, map[string]attr.Value{
			"name": types.StringValue(r.Name), "type": types.StringValue(r.Type), "value": types.StringValue(r.Value),
			"priority": types.Int64PointerValue(r.Priority),
		})
		if _, _, err := RecordOf(object); err != nil {
			wrong = append(wrong, fmt.Errorf("record %q: %w", key, err))
		}
		elements[key] = object
	}
	if wrong != nil {
		return types.Map{}, errors.Join(wrong...)
	}
	return types.MapValueMust(kit.DNSRecordType, elements), nil
}

// contentDigits returns the digits of an imported resource's ID. The same records give the same ID
// in each plan.
func contentDigits(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// addPublishError reports why nothing was written.
func addPublishError(diags *diag.Diagnostics, err error) {
	addWriteError(diags, "Unable to publish DNS records", err)
}

// addRemoveError is addPublishError for a removal.
func addRemoveError(diags *diag.Diagnostics, err error) {
	addWriteError(diags, "Unable to remove DNS records", err)
}

func addWriteError(diags *diag.Diagnostics, summary string, err error) {
	var partial *dns.PartialError
	if errors.As(err, &partial) {
		addPartError(diags, partial, "Remove the cause and apply again: the next apply goes on from there")
		return
	}
	var conflict *dns.ConflictError
	if errors.As(err, &conflict) {
		addProblems(diags, conflict.Problems)
		return
	}
	kit.AddError(diags, summary, err)
}

// addProblems adds problems as diagnostics, each at the path of its record.
func addProblems(diags *diag.Diagnostics, problems []dns.Problem) {
	for _, p := range problems {
		at := path.Root("records")
		if p.Key != "" {
			at = at.AtMapKey(p.Key)
		}
		if p.Severity == dns.Error {
			diags.AddAttributeError(at, p.Summary, p.Detail)
		} else {
			diags.AddAttributeWarning(at, p.Summary, p.Detail)
		}
	}
}
