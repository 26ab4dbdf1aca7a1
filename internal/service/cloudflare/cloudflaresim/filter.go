package cloudflaresim

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// recordFilter holds the conditions for a list of records.
type recordFilter struct {
	conditions []func(r *Record) bool
	any        bool // one condition is enough
	order      func(a, b recordResult) int
}

// newRecordFilter reads the filters of a query, such as name=, name.exact= and name.contains=.
func newRecordFilter(query url.Values) (recordFilter, error) {
	f := recordFilter{any: query.Get("match") == "any"}
	for field, of := range map[string]func(r *Record) string{
		"name":    func(r *Record) string { return r.Name },
		"content": func(r *Record) string { return r.Content },
		"comment": func(r *Record) string { return r.Comment },
	} {
		for suffix, compare := range comparisons {
			operand := strings.ToLower(query.Get(field + suffix))
			if operand != "" {
				f.conditions = append(f.conditions, func(r *Record) bool { return compare(strings.ToLower(of(r)), operand) })
			}
		}
	}
	if wanted := query.Get("type"); wanted != "" {
		f.conditions = append(f.conditions, func(r *Record) bool { return strings.EqualFold(r.Type, wanted) })
	}
	if text := query.Get("proxied"); text != "" {
		wanted, err := strconv.ParseBool(text)
		if err != nil {
			return recordFilter{}, refuse(http.StatusBadRequest, 9003, "Invalid 'proxied' value, must be a boolean")
		}
		f.conditions = append(f.conditions, func(r *Record) bool { return r.Proxied == wanted })
	}
	if by := orders[query.Get("order")]; by != nil {
		f.order = by
		if query.Get("direction") == "desc" {
			f.order = func(a, b recordResult) int { return by(b, a) }
		}
	}
	return f, nil
}

var comparisons = map[string]func(value, operand string) bool{
	"":            func(value, operand string) bool { return value == operand },
	".exact":      func(value, operand string) bool { return value == operand },
	".contains":   strings.Contains,
	".startswith": strings.HasPrefix,
	".endswith":   strings.HasSuffix,
}

var orders = map[string]func(a, b recordResult) int{
	"name":    func(a, b recordResult) int { return cmp.Compare(a.Name, b.Name) },
	"type":    func(a, b recordResult) int { return cmp.Compare(a.Type, b.Type) },
	"content": func(a, b recordResult) int { return cmp.Compare(a.Content, b.Content) },
	"ttl":     func(a, b recordResult) int { return cmp.Compare(a.TTL, b.TTL) },
}

func (f recordFilter) matches(r *Record) bool {
	if len(f.conditions) == 0 {
		return true
	}
	holds := func(condition func(*Record) bool) bool { return condition(r) }
	if f.any {
		return slices.ContainsFunc(f.conditions, holds)
	}
	return !slices.ContainsFunc(f.conditions, func(condition func(*Record) bool) bool { return !condition(r) })
}

func (f recordFilter) sort(records []recordResult) {
	if f.order != nil {
		slices.SortStableFunc(records, f.order)
	}
}
