package fault_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// What is described is what the JSON of conditions holds, field by field.
func TestFieldsAreThoseOfTheJSON(t *testing.T) {
	second := fault.Duration(time.Second)
	text, err := json.Marshal(fault.Conditions{
		Latency:   second,
		RateLimit: &fault.RateLimit{Requests: 1, Per: second, RetryAfter: second, Body: "b"},
		Faults: []fault.Fault{{Method: "GET", Path: "/", Skip: 1, Count: 1, Kind: fault.Status, Status: 500, RetryAfter: second,
			Header: map[string]string{"a": "b"}, Body: "b", Delay: second}},
		Switches: map[string]bool{"a": true}, Settings: map[string]string{"a": "b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	var want []string
	var walk func(value any, name string)
	walk = func(value any, name string) {
		if name != "" {
			want = append(want, name)
		}
		switch value := value.(type) {
		case []any:
			for key, inner := range value[0].(map[string]any) {
				walk(inner, name+"[]."+key)
			}
		case map[string]any:
			if regexp.MustCompile(`switches|settings|header`).MatchString(name) {
				return
			}
			for key, inner := range value {
				walk(inner, strings.TrimPrefix(name+"."+key, "."))
			}
		}
	}
	walk(value, "")
	var got []string
	for _, f := range fault.Fields() {
		got = append(got, f.Name)
		if f.Description == "" || f.Type == "" || strings.HasSuffix(f.Description, ".") {
			t.Errorf("%s is described as %q, of type %q", f.Name, f.Description, f.Type)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("described are %q, the JSON has %q", got, want)
	}
}

// Each kind that the package names is described and accepted, and no other.
func TestKindsAreDescribed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "conditions.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == "Kind" {
			name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, name)
		}
		return true
	})
	var got []string
	for _, k := range fault.Kinds() {
		got = append(got, string(k.Kind))
		if k.Description == "" {
			t.Errorf("%s is not described", k.Kind)
		}
	}
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("described are %q, the package has %q", got, want)
	}
}

func TestConditionsAreZero(t *testing.T) {
	if !(fault.Conditions{}).IsZero() {
		t.Error("no conditions are some")
	}
	for _, c := range []fault.Conditions{
		{Latency: 1}, {RateLimit: &fault.RateLimit{}}, {Faults: []fault.Fault{{}}}, {Switches: map[string]bool{"a": false}}, {Settings: map[string]string{"a": ""}},
	} {
		if c.IsZero() {
			t.Errorf("%+v are none", c)
		}
	}
}
