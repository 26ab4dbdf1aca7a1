package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestOddValues(t *testing.T) {
	type values struct {
		Text   Text
		Number Number
		Flag   Flag
		List   List[Text]
		Object Object[struct{ Name Text }]
	}
	for _, tc := range []struct {
		body string
		want func(v values) bool
	}{
		{`{"text":"a"}`, func(v values) bool { return v.Text == "a" }},
		{`{"text":12}`, func(v values) bool { return v.Text == "12" }},
		{`{"text":true}`, func(v values) bool { return v.Text == "true" }},
		{`{"text":null}`, func(v values) bool { return v.Text == "" }},
		{`{"list":null}`, func(v values) bool { return v.List.Known && v.List.Rows == nil }},
		{`{"list":false}`, func(v values) bool { return v.List.Known && v.List.Rows == nil }},
		{`{"list":["a",1]}`, func(v values) bool { return len(v.List.Rows) == 2 && v.List.Rows[1] == "1" }},
		{`{"list":"a"}`, func(v values) bool { return len(v.List.Rows) == 1 && v.List.Rows[0] == "a" }},
		{`{}`, func(v values) bool { return !v.List.Known && !v.Object.Known && !v.Number.Known }},
		{`{"object":null}`, func(v values) bool { return !v.Object.Known }},
		{`{"object":[ ]}`, func(v values) bool { return !v.Object.Known }},
		{`{"object":{"name":"a"}}`, func(v values) bool { return v.Object.Known && v.Object.Value.Name == "a" }},
	} {
		var v values
		if err := json.Unmarshal([]byte(tc.body), &v); err != nil || !tc.want(v) {
			t.Errorf("%s: %+v, %v", tc.body, v, err)
		}
	}
	for _, body := range []string{
		`{"text":{}}`, `{"text":[]}`, `{"number":[]}`, `{"flag":[]}`, `{"list":{}}`, `{"list":[[]]}`, `{"object":[1]}`, `{"object":7}`,
	} {
		var v values
		if err := json.Unmarshal([]byte(body), &v); err == nil {
			t.Errorf("%s: %+v", body, v)
		}
	}
	if long := beginning([]byte(strings.Repeat("x", 100))); len(long) > 45 {
		t.Errorf("shows %q", long)
	}
}

func TestFlexibleValues(t *testing.T) {
	for raw, want := range map[string]Number{
		"12": {true, 12}, `"12"`: {true, 12}, `" 12 "`: {true, 12}, "-1": {true, -1}, "0": {true, 0}, `"0"`: {true, 0}, "12.0": {true, 12}, `"12.00"`: {true, 12},
		"1e3": {true, 1000}, `" 1130000000000001 "`: {true, 1130000000000001}, `""`: {}, "null": {},
	} {
		got := Number{Known: true, Value: 99}
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{`"twelve"`, `"1/2"`, `"0x10"`, `"1_0"`, "1.5", "true", "{}", `"99999999999999999999"`, "1e99", "1e999999999", `"-"`} {
		var got Number
		if json.Unmarshal([]byte(raw), &got) == nil {
			t.Errorf("%s is accepted as %v", raw, got)
		}
	}
	for raw, want := range map[string]Flag{
		"true": true, "1": true, `"1"`: true, `"True"`: true, `"yes"`: true, `"YES"`: true,
		"false": false, "0": false, `"0"`: false, `"no"`: false, `""`: false, "null": false,
	} {
		got := !want
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s: %v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"2", `"perhaps"`, "[]", "{}"} {
		var got Flag
		if json.Unmarshal([]byte(raw), &got) == nil {
			t.Errorf("%s is accepted as %v", raw, got)
		}
	}
}

func TestLists(t *testing.T) {
	for raw, want := range map[string][]int64{"[1,\"2\"]": {1, 2}, "3": {3}, `"4"`: {4}, "null": nil, "false": nil, " [ ] ": {}} {
		var got List[Number]
		var values []int64
		err := json.Unmarshal([]byte(raw), &got)
		for _, n := range got.Rows {
			values = append(values, n.Value)
		}
		if err != nil || !got.Known || !slices.Equal(values, want) {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	var got List[Number]
	if json.Unmarshal([]byte(`["x"]`), &got) == nil {
		t.Error("a list of words is one of numbers")
	}
	var missing struct{ List *List[Number] }
	if err := json.Unmarshal([]byte(`{"list":null}`), &missing); err != nil || missing.List != nil {
		t.Errorf("behind a pointer, null is %+v, %v", missing.List, err)
	}
}

func TestObjects(t *testing.T) {
	type inner struct{ Name string }
	for raw, want := range map[string]Object[inner]{
		`{"name":"em"}`: {Known: true, Value: inner{"em"}}, "{}": {Known: true}, "[]": {}, "[ ]": {}, "null": {},
	} {
		var got Object[inner]
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	var got Object[inner]
	if json.Unmarshal([]byte(`["x"]`), &got) == nil {
		t.Error("a list that is not empty is an object")
	}
}
