package estate

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// secrets is what the configuration marks as sensitive and what other attributes repeat. Terraform
// carries a mark to no computed attribute, not even in the same resource. For example, the records
// that a resource has published are in the state without the marks of the configured records.
type secrets struct {
	names   []string // domain and host names, and "SELECTOR._domainkey"
	records []secretRecord
}

// secretRecord is a record of which the configuration marks a part.
type secretRecord struct{ name, kind, value string }

// nameAttributes are the configured attributes whose values other attributes repeat within texts.
var nameAttributes = []string{"domain", "hostname", "mx_hostname"}

// shortest is how long a secret value has to be for other values to be searched for it. A shorter one
// is only compared.
const shortest = 8

// addMarks adds the marks of planned objects to those of the objects at the same addresses.
func addMarks(objects, planned []object) {
	marks := map[string]json.RawMessage{}
	for _, o := range planned {
		marks[o.Address] = o.Sensitive
	}
	for i, o := range objects {
		if o.Address == "" || len(marks[o.Address]) == 0 {
			continue
		}
		both := union(decoded(o.Sensitive), decoded(marks[o.Address]))
		if text, err := json.Marshal(both); err == nil {
			objects[i].Sensitive = text
		}
	}
}

// union returns the marks that are in either of two structures. A list with marks is a mark of its
// elements by their places, and the places of a planned list may be others. So it marks the whole list.
func union(a, b any) any {
	if a == true || b == true {
		return true
	}
	of, isMap := a.(map[string]any)
	other, isOtherMap := b.(map[string]any)
	switch {
	case isMap && isOtherMap:
		for key, mark := range other {
			of[key] = union(of[key], mark)
		}
		return of
	case !anyTrue(a) && !isMap:
		if _, isList := b.([]any); isList {
			return anyTrue(b)
		}
		return b
	case !anyTrue(b):
		return a
	}
	return anyTrue(a) || anyTrue(b)
}

// decoded returns a value of JSON, with numbers as they are written; nil if there is none.
func decoded(text json.RawMessage) any {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil
	}
	return value
}

// collect notes what the configuration marks in an object.
func (s *secrets) collect(o object) {
	marks := decoded(o.Sensitive)
	if !anyTrue(marks) {
		return
	}
	values, _ := decoded(o.Values).(map[string]any)
	text := func(attribute string) string {
		if !anyTrue(markOf(marks, attribute)) {
			return ""
		}
		value, _ := values[attribute].(string)
		return value
	}
	for _, attribute := range nameAttributes {
		if name := dns.FoldName(text(attribute)); name != "" {
			s.names = append(s.names, name)
		}
	}
	if selector := text("selector"); selector != "" {
		s.names = append(s.names, strings.ToLower(selector)+"._domainkey")
	}
	if o.Type != "postmaster_dns_records" {
		return
	}
	for key := range secretKeys(values, marks) {
		for _, attribute := range []string{"records", "published"} {
			of, _ := values[attribute].(map[string]any)
			if r, isRecord := of[key].(map[string]any); isRecord {
				s.records = append(s.records, recordOf(r))
			}
		}
	}
}

func recordOf(r map[string]any) secretRecord {
	text := func(attribute string) string { value, _ := r[attribute].(string); return value }
	return secretRecord{dns.FoldName(text("name")), strings.ToUpper(text("type")), text("value")}
}

// markOf returns the marks of an attribute.
func markOf(marks any, attribute string) any {
	if of, isMap := marks.(map[string]any); isMap {
		return of[attribute]
	}
	return marks
}

// secretKeys returns the keys of the records of which a part is marked, whether as configured or as
// published. If any is, so is a published record that is not configured any more: nobody can tell
// whether it was marked.
func secretKeys(values map[string]any, marks any) map[string]bool {
	keys := map[string]bool{}
	configured, _ := values["records"].(map[string]any)
	published, _ := values["published"].(map[string]any)
	of := markOf(marks, "records")
	for key := range configured {
		if anyTrue(markOf(of, key)) {
			keys[key] = true
		}
	}
	for key := range published {
		if _, known := configured[key]; !known && anyTrue(of) || anyTrue(markOf(of, key)) || anyTrue(markOf(markOf(marks, "published"), key)) {
			keys[key] = true
		}
	}
	return keys
}

// leaveOut returns the values of an object without those that are marked, and without those that
// repeat a marked one. The marks have the structure of the values, with true in place of each
// sensitive one.
func (s *secrets) leaveOut(o object) (json.RawMessage, error) {
	var marks any
	if len(o.Sensitive) > 0 {
		if err := json.Unmarshal(o.Sensitive, &marks); err != nil {
			return nil, err
		}
	}
	if !anyTrue(marks) && s.empty() {
		return o.Values, nil
	}
	values := decoded(o.Values)
	if all, isObject := values.(map[string]any); isObject && o.Type == "postmaster_dns_records" {
		published, _ := all["published"].(map[string]any)
		for key := range secretKeys(all, marks) {
			delete(published, key)
		}
		for key, r := range published {
			if of, isRecord := r.(map[string]any); isRecord && s.repeats(recordOf(of)) {
				delete(published, key)
			}
		}
	}
	return json.Marshal(s.withoutNames(prune(values, marks)))
}

func (s *secrets) empty() bool { return len(s.names) == 0 && len(s.records) == 0 }

// repeats reports whether a record has the value of a secret one. SPF records of one name are merged
// into one, so that each has the terms of all.
func (s *secrets) repeats(r secretRecord) bool {
	return slices.ContainsFunc(s.records, func(secret secretRecord) bool {
		if secret.value == "" {
			return false
		}
		if r.name == secret.name && mailrecord.IsSPF(r.value) && mailrecord.IsSPF(secret.value) {
			return slices.ContainsFunc(spfTerms(r.value), func(term string) bool { return slices.Contains(spfTerms(secret.value), term) })
		}
		// The value of a name may be in another spelling.
		value, hidden := dns.FoldName(r.value), dns.FoldName(secret.value)
		return value == hidden || len(hidden) >= shortest && strings.Contains(value, hidden)
	})
}

// spfTerms returns the terms of an SPF record that differ from one record to another.
func spfTerms(text string) []string {
	return slices.DeleteFunc(strings.Fields(strings.ToLower(text)), func(term string) bool {
		return strings.HasPrefix(term, "v=") || strings.TrimLeft(term, "+-~?") == "all"
	})
}

// hasRecordsAt reports whether the configuration marks a record at a name.
func (s *secrets) hasRecordsAt(name, kind string) bool {
	return slices.ContainsFunc(s.records, func(r secretRecord) bool { return r.name == name && r.kind == kind })
}

// withoutNames returns a value without the texts in which a secret name is.
func (s *secrets) withoutNames(value any) any {
	switch v := value.(type) {
	case string:
		if slices.ContainsFunc(s.names, func(name string) bool { return names(strings.ToLower(v), name) }) {
			return nil
		}
	case map[string]any:
		for key := range v {
			v[key] = s.withoutNames(v[key])
		}
	case []any:
		for i := range v {
			v[i] = s.withoutNames(v[i])
		}
	}
	return value
}

// names reports whether a text has a name in it, or a name below that.
func names(text, name string) bool {
	inLabel := func(c byte) bool { return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' }
	for at := 0; ; at++ {
		next := strings.Index(text[at:], name)
		if next < 0 {
			return false
		}
		at += next
		end := at + len(name)
		if (at == 0 || !inLabel(text[at-1])) && (end == len(text) || !inLabel(text[end])) {
			return true
		}
	}
}

func anyTrue(marked any) bool {
	switch m := marked.(type) {
	case bool:
		return m
	case map[string]any:
		for _, value := range m {
			if anyTrue(value) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(m, anyTrue)
	}
	return false
}

func prune(value, marked any) any {
	switch m := marked.(type) {
	case bool:
		if m {
			return nil
		}
	case map[string]any:
		if v, ok := value.(map[string]any); ok {
			for key, mark := range m {
				if _, there := v[key]; there {
					v[key] = prune(v[key], mark)
				}
			}
		}
	case []any:
		if v, ok := value.([]any); ok {
			for i := range min(len(m), len(v)) {
				v[i] = prune(v[i], m[i])
			}
		}
	}
	return value
}
