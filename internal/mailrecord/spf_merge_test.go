package mailrecord

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestMergeSPF(t *testing.T) {
	const ours = "v=spf1 a:mail.example.com ~all"
	tests := []struct {
		name     string
		existing string
		ours     string
		want     string
		added    []string
	}{
		{"no record", "", ours, "v=spf1 a:mail.example.com ~all", []string{"a:mail.example.com"}},
		{"no record, ours has no all", "", "v=spf1 mx a ", "v=spf1 mx a ~all ", []string{"mx", "a"}},
		{"no record, ours redirects", "", "v=spf1 redirect=x.example.com", "v=spf1 redirect=x.example.com", []string{"redirect=x.example.com"}},
		{"no record, ours sends nothing", "", "v=spf1 -all", "v=spf1 -all", nil},
		{"before all", "v=spf1 include:x.example.com -all", ours, "v=spf1 include:x.example.com a:mail.example.com -all", []string{"a:mail.example.com"}},
		{"odd spacing and case stay", "V=SPF1   Include:X.example.com.   ?All  exp=e.example.com ", ours, "V=SPF1   Include:X.example.com.   a:mail.example.com ?All  exp=e.example.com ", []string{"a:mail.example.com"}},
		{"before redirect, no all beside it", "v=spf1 mx redirect=x.example.com", ours, "v=spf1 mx a:mail.example.com redirect=x.example.com", []string{"a:mail.example.com"}},
		{"redirect in front of all", "v=spf1 redirect=x.example.com mx -all", ours, "v=spf1 a:mail.example.com redirect=x.example.com mx -all", []string{"a:mail.example.com"}},
		{"neither all nor redirect: not our decision", "v=spf1 mx  ", ours, "v=spf1 mx a:mail.example.com  ", []string{"a:mail.example.com"}},
		{"an empty record", "v=spf1", ours, "v=spf1 a:mail.example.com", []string{"a:mail.example.com"}},
		{"a bare -all", "v=spf1 -all", ours, "v=spf1 a:mail.example.com -all", []string{"a:mail.example.com"}},
		{"already there, spelled differently", "v=spf1 +A:MAIL.example.com. -all", ours, "v=spf1 +A:MAIL.example.com. -all", nil},
		{"already there with all the lengths", "v=spf1 a:mail.example.com/32//128 -all", ours, "v=spf1 a:mail.example.com/32//128 -all", nil},
		{"there, but of another length", "v=spf1 a:mail.example.com/24 -all", ours, "v=spf1 a:mail.example.com/24 a:mail.example.com -all", []string{"a:mail.example.com"}},
		{"there behind all, where it does not count", "v=spf1 -all a:mail.example.com", ours, "v=spf1 a:mail.example.com -all a:mail.example.com", []string{"a:mail.example.com"}},
		{"networks are compared as such", "v=spf1 ip4:192.0.2.7/24 ip6:2001:DB8:0::1 -all", "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::1/128 ip4:192.0.2.7 ~all",
			"v=spf1 ip4:192.0.2.7/24 ip6:2001:DB8:0::1 ip4:192.0.2.7 -all", []string{"ip4:192.0.2.7"}},
		{"macros are compared as they are", "v=spf1 exists:%{S}.example.com -all", "v=spf1 exists:%{s}.example.com", "v=spf1 exists:%{S}.example.com exists:%{s}.example.com -all", []string{"exists:%{s}.example.com"}},
		{"several keep their order", "v=spf1 mx -all", "v=spf1 include:b.example.com mx ip4:192.0.2.1 include:b.example.com ~all", "v=spf1 mx include:b.example.com ip4:192.0.2.1 -all", []string{"include:b.example.com", "ip4:192.0.2.1"}},
		{"what stands behind our all means nothing", "v=spf1 mx -all", "v=spf1 ~all a", "v=spf1 mx -all", nil},
		{"a modifier that is there already", "v=spf1 exp=E.example.com x=1 -all", "v=spf1 a exp=e.example.com x=1 -all", "v=spf1 exp=E.example.com x=1 a -all", []string{"a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, addition, err := MergeSPF(test.existing, test.ours)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
			if !slices.Equal(addition.Terms, test.added) {
				t.Errorf("added %q, want %q", addition.Terms, test.added)
			}
			checkMerge(t, test.existing, test.ours)
		})
	}
}

func TestMergeSPFRefuses(t *testing.T) {
	const ours = "v=spf1 a:mail.example.com ~all"
	tests := []struct {
		name     string
		existing string
		ours     string
		want     []string
	}{
		{"another qualifier", "v=spf1 mx -a:Mail.example.com -all", ours, []string{`"-a:Mail.example.com" at byte 10`, `"a:mail.example.com"`, "contradicts"}},
		{"the first of two qualifiers decides", "v=spf1 ?a:mail.example.com a:mail.example.com", ours, []string{`"?a:mail.example.com" at byte 7`}},
		{"the existing record does not parse", "v=spf1 included:x.example.com -all", ours, []string{"existing SPF record", `"included:x.example.com" at byte 7`}},
		{"the existing text is no SPF record", "hello", ours, []string{"existing SPF record", "v=spf1"}},
		{"ours does not parse", "v=spf1 -all", "v=spf1 ip4:1 -all", []string{"SPF record to add", `"ip4:1"`}},
		{"ours contradicts itself", "", "v=spf1 mx a -A -all", []string{"SPF record to add", `"a"`, `"-A"`}},
		{"ours redirects", "v=spf1 mx -all", "v=spf1 redirect=x.example.com", []string{`"redirect=x.example.com"`, "include:"}},
		{"ours explains", "v=spf1 exp=a.example.com mx -all", "v=spf1 mx exp=b.example.com -all", []string{`"exp=b.example.com"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := MergeSPF(test.existing, test.ours)
			checkError(t, err, test.want)
		})
	}
}

func TestContainsSPF(t *testing.T) {
	tests := []struct {
		name     string
		existing string
		ours     string
		want     bool
	}{
		{"the same", "v=spf1 a ~all", "v=spf1 a ~all", true},
		{"among others, another all", "v=spf1 mx a include:x.example.com -all", "v=spf1 a ~all", true},
		{"not there", "v=spf1 mx -all", "v=spf1 a ~all", false},
		{"one of two", "v=spf1 a -all", "v=spf1 a mx ~all", false},
		{"behind all", "v=spf1 -all a", "v=spf1 a ~all", false},
		{"another qualifier", "v=spf1 ~a -all", "v=spf1 a ~all", false},
		{"redirect missing", "v=spf1 a -all", "v=spf1 a redirect=x.example.com", false},
		{"redirect there", "v=spf1 a redirect=x.example.com", "v=spf1 redirect=X.example.com.", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ContainsSPF(test.existing, test.ours)
			if err != nil || got != test.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	if _, err := ContainsSPF("v=spf1 x", "v=spf1 a"); err == nil {
		t.Error("an existing record that does not parse: no error")
	}
	if _, err := ContainsSPF("v=spf1 a", "v=spf1 x"); err == nil {
		t.Error("ours does not parse: no error")
	}
}

func TestRemoveSPF(t *testing.T) {
	mail := SPFAddition{Terms: []string{"a:mail.example.com"}}
	created := SPFAddition{Terms: []string{"a:mail.example.com"}, Created: "v=spf1 a:mail.example.com ~all"}
	bare := SPFAddition{Terms: []string{"a:mail.example.com"}, Bare: true}
	tests := []struct {
		name     string
		existing string
		added    SPFAddition
		wanted   []string
		want     SPFRemoval
	}{
		{"ours goes, the rest stays", "V=SPF1  mx   A:mail.example.com.  -all", mail, nil, SPFRemoval{Text: "V=SPF1  mx    -all"}},
		{"at the end", "v=spf1 mx a:mail.example.com", mail, nil, SPFRemoval{Text: "v=spf1 mx"}},
		{"a stranger has the same twice: one stays", "v=spf1 a:mail.example.com mx a:mail.example.com -all", mail, nil, SPFRemoval{Text: "v=spf1 mx a:mail.example.com -all"}},
		{"the record is gone", "", mail, nil, SPFRemoval{Delete: true}},
		{"gone already", "v=spf1 mx -all", mail, nil, SPFRemoval{Text: "v=spf1 mx -all"}},
		{"changed by hand", "v=spf1 -a:mail.example.com ~all", created, nil, SPFRemoval{Text: "v=spf1 -a:mail.example.com ~all"}},
		{"nothing was added", "v=spf1 ~all", SPFAddition{}, nil, SPFRemoval{Text: "v=spf1 ~all"}},
		{"others still want it", "v=spf1 mx a:mail.example.com -all", mail, []string{"v=spf1 ip4:192.0.2.1 a:MAIL.example.com -all"}, SPFRemoval{Text: "v=spf1 mx a:mail.example.com -all"}},
		{"others want other things", "v=spf1 mx a:mail.example.com -all", mail, []string{"v=spf1 mx"}, SPFRemoval{Text: "v=spf1 mx -all"}},
		{"a record of ours", created.Created, created, nil, SPFRemoval{Delete: true}},
		{"a record of ours that others want", created.Created, created, []string{created.Created}, SPFRemoval{Text: created.Created}},
		{"a record of ours without senders", "v=spf1 -all", SPFAddition{Created: "v=spf1 -all"}, nil, SPFRemoval{Delete: true}},
		{"the same, changed by hand", "v=spf1 ~all", SPFAddition{Created: "v=spf1 -all"}, nil, SPFRemoval{Text: "v=spf1 ~all"}},
		{"a record of ours to which a stranger added", "v=spf1 a:mail.example.com mx ~all", created, nil, SPFRemoval{Text: "v=spf1 mx ~all"}},
		{"a record of ours whose all a stranger changed", "v=spf1 a:mail.example.com -all", created, nil, SPFRemoval{Delete: true}},
		{"a record of ours emptied by hand", "v=spf1 ~all", created, nil, SPFRemoval{Text: "v=spf1 ~all"}},
		{"a redirect of ours", "v=spf1 redirect=X.example.com", SPFAddition{Terms: []string{"redirect=x.example.com"}, Created: "v=spf1 redirect=x.example.com"}, nil, SPFRemoval{Delete: true}},
		{"a stranger's bare -all comes back", "v=spf1 a:mail.example.com -all", bare, nil, SPFRemoval{Text: "v=spf1 -all"}},
		{"a stranger's record does not become a bare -all", "v=spf1 a:mail.example.com -all", mail, nil, SPFRemoval{Text: "v=spf1 a:mail.example.com -all", Kept: []string{"a:mail.example.com"}}},
		{"nor one with an explanation", "v=spf1 a:mail.example.com exp=x.example.com -all", created, nil, SPFRemoval{Text: "v=spf1 a:mail.example.com exp=x.example.com -all", Kept: []string{"a:mail.example.com"}}},
		{"nor one whose redirect does not count", "v=spf1 a:mail.example.com redirect=x.example.com -all", mail, nil, SPFRemoval{Text: "v=spf1 a:mail.example.com redirect=x.example.com -all", Kept: []string{"a:mail.example.com"}}},
		{"a redirect that counts is enough", "v=spf1 a:mail.example.com redirect=x.example.com", mail, nil, SPFRemoval{Text: "v=spf1 redirect=x.example.com"}},
		{"a stranger's record that its author has emptied stays", "v=spf1 a:mail.example.com ~all", mail, nil, SPFRemoval{Text: "v=spf1 ~all", Deserted: true}},
		{"the same, neutral", "v=spf1 a:mail.example.com", mail, nil, SPFRemoval{Text: "v=spf1", Deserted: true}},
		{"it was as empty before", "v=spf1 a:mail.example.com ~all", bare, nil, SPFRemoval{Text: "v=spf1 ~all"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := RemoveSPF(test.existing, test.added, test.wanted...)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestRemoveSPFErrors(t *testing.T) {
	_, err := RemoveSPF("v=spf1 nonsense -all", SPFAddition{Terms: []string{"a"}})
	checkError(t, err, []string{"nothing can be taken out", `"nonsense" at byte 7`})
	_, err = RemoveSPF("v=spf1 a -all", SPFAddition{Terms: []string{"nonsense"}})
	checkError(t, err, []string{"remembered addition", `"nonsense"`})
	_, err = RemoveSPF("v=spf1 a -all", SPFAddition{Terms: []string{"a"}}, "v=spf1 nonsense")
	checkError(t, err, []string{"published at the same name", `"nonsense"`})
}

func TestReplaceSPF(t *testing.T) {
	mail := SPFAddition{Terms: []string{"a:mail.example.com", "mx"}}
	created := SPFAddition{Terms: []string{"a:mail.example.com"}, Created: "v=spf1 a:mail.example.com ~all"}
	tests := []struct {
		name     string
		existing string
		earlier  SPFAddition
		ours     string
		wanted   []string
		want     string
		addition SPFAddition
	}{
		{"the first time", "v=spf1 ptr -all", SPFAddition{}, "v=spf1 mx", nil, "v=spf1 ptr mx -all", SPFAddition{Terms: []string{"mx"}}},
		{"the first time, bare", "v=spf1 -all", SPFAddition{}, "v=spf1 mx", nil, "v=spf1 mx -all", SPFAddition{Terms: []string{"mx"}, Bare: true}},
		{"nothing changed", "v=spf1 ptr a:mail.example.com mx -all", mail, "v=spf1 mx a:Mail.example.com ~all", nil, "v=spf1 ptr a:mail.example.com mx -all", mail},
		{"one goes, one comes", "v=spf1 ptr a:mail.example.com mx -all", mail, "v=spf1 mx ip4:192.0.2.1 ~all", nil,
			"v=spf1 ptr mx ip4:192.0.2.1 -all", SPFAddition{Terms: []string{"mx", "ip4:192.0.2.1"}}},
		{"another qualifier for a term of our own", "v=spf1 ptr mx -all", SPFAddition{Terms: []string{"mx"}}, "v=spf1 ?mx", nil, "v=spf1 ptr ?mx -all", SPFAddition{Terms: []string{"?mx"}}},
		{"removed by hand, mended", "v=spf1 ptr mx -all", mail, "v=spf1 a:mail.example.com mx", nil, "v=spf1 ptr mx a:mail.example.com -all", SPFAddition{Terms: []string{"mx", "a:mail.example.com"}}},
		{"removed by hand and no longer ours: forgotten", "v=spf1 ptr mx -all", mail, "v=spf1 mx", nil, "v=spf1 ptr mx -all", SPFAddition{Terms: []string{"mx"}}},
		{"what others want stays, and is remembered", "v=spf1 a:mail.example.com mx -all", mail, "v=spf1 ptr", []string{"v=spf1 mx"},
			"v=spf1 mx ptr -all", SPFAddition{Terms: []string{"mx", "ptr"}}},
		{"the only senders of another's record", "v=spf1 mx -all", SPFAddition{Terms: []string{"mx"}}, "v=spf1 a", nil, "v=spf1 a -all", SPFAddition{Terms: []string{"a"}}},
		{"a record of ours is made anew, all included", created.Created, created, "v=spf1 mx -all", nil, "v=spf1 mx -all", SPFAddition{Terms: []string{"mx"}, Created: "v=spf1 mx -all"}},
		{"a record of ours that a stranger extended stays ours", "v=spf1 a:mail.example.com ptr ~all", created, "v=spf1 mx -all", nil,
			"v=spf1 ptr mx ~all", SPFAddition{Terms: []string{"mx"}, Created: created.Created}},
		{"a stranger's record in place of ours is the stranger's", "v=spf1 ptr -all", created, "v=spf1 a:mail.example.com ~all", nil,
			"v=spf1 ptr a:mail.example.com -all", SPFAddition{Terms: []string{"a:mail.example.com"}}},
		{"deleted by hand", "", mail, "v=spf1 mx", nil, "v=spf1 mx ~all", SPFAddition{Terms: []string{"mx"}, Created: "v=spf1 mx ~all"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, addition, err := ReplaceSPF(test.existing, test.earlier, test.ours, test.wanted...)
			if err != nil {
				t.Fatal(err)
			}
			if text != test.want {
				t.Errorf("got %q\nwant %q", text, test.want)
			}
			if !reflect.DeepEqual(addition, test.addition) {
				t.Errorf("addition %+v\nwant %+v", addition, test.addition)
			}
		})
	}
	_, _, err := ReplaceSPF("v=spf1 -mx -all", mail, "v=spf1 mx")
	checkError(t, err, []string{"contradicts"})
	_, _, err = ReplaceSPF("v=spf1 nonsense", mail, "v=spf1 mx")
	checkError(t, err, []string{`"nonsense"`})
}

func TestSPFAdditionSurvivesJSON(t *testing.T) {
	want := SPFAddition{Terms: []string{"a", "include:x.example.com"}, Created: "v=spf1 a include:x.example.com ~all", Bare: true}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got SPFAddition
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// checkMerge holds for any two texts: a merge leads to a record that contains ours, keeps everyone
// else's terms in their order, adds nothing when repeated, and can be undone byte for byte.
func checkMerge(t *testing.T, existing, ours string) {
	t.Helper()
	merged, addition, err := MergeSPF(existing, ours)
	if err != nil {
		return
	}
	if has, err := ContainsSPF(merged, ours); !has || err != nil {
		t.Fatalf("%q merged into %q is %q: contained %v, %v", ours, existing, merged, has, err)
	}
	again, none, err := MergeSPF(merged, ours)
	if err != nil || again != merged || len(none.Terms) > 0 || none.Created != "" {
		t.Fatalf("%q merged into %q once more is %q, %+v, %v", ours, merged, again, none, err)
	}
	if existing != "" && !slices.Equal(without(termTexts(t, merged), addition.Terms), termTexts(t, existing)) {
		t.Fatalf("%q merged into %q is %q: not everything else is as it was", ours, existing, merged)
	}
	kept, same, err := ReplaceSPF(merged, addition, ours)
	if err != nil || kept != merged || !reflect.DeepEqual(same, addition) {
		t.Fatalf("%q, replaced by itself in %q, is %q, %+v, %v", ours, merged, kept, same, err)
	}
	removal, err := RemoveSPF(merged, addition)
	if err != nil {
		t.Fatal(err)
	}
	if len(removal.Kept) > 0 || removal.Delete != (existing == "") || removal.Text != existing {
		t.Fatalf("%q merged into %q is %q; undone it is %+v", ours, existing, merged, removal)
	}
}

func termTexts(t *testing.T, text string) []string {
	t.Helper()
	spf, err := ParseSPF(text)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, term := range spf.Terms {
		texts = append(texts, term.Text)
	}
	return texts
}

// without returns the terms less one of each that was added.
func without(terms, added []string) []string {
	for _, term := range added {
		if i := slices.Index(terms, term); i >= 0 {
			terms = slices.Delete(terms, i, i+1)
		}
	}
	return terms
}

func TestMergeSPFProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	vocabulary := strings.Fields("a a:x.example.com a:X.example.com. mx mx/24 include:x.example.com include:_spf.example.net -include:bad.example.com " +
		"ip4:192.0.2.1 ip4:192.0.2.1/32 ~ip4:198.51.100.0/24 ip6:2001:db8::/32 exists:%{i}.x.example.com ptr all -all ~all ?all redirect=r.example.com exp=e.example.com x=y")
	record := func() string {
		var b strings.Builder
		b.WriteString("v=spf1")
		for range random.IntN(6) {
			b.WriteString(strings.Repeat(" ", 1+random.IntN(3)) + vocabulary[random.IntN(len(vocabulary))])
		}
		b.WriteString(strings.Repeat(" ", random.IntN(2)))
		return b.String()
	}
	done := 0
	for range 3000 {
		existing, ours := record(), record()
		if random.IntN(10) == 0 {
			existing = ""
		}
		if _, _, err := MergeSPF(existing, ours); err == nil {
			done++
		}
		checkMerge(t, existing, ours)
	}
	if done < 500 {
		t.Fatalf("only %d of the random records could be merged: the test tests little", done)
	}
}

// TestTwoMergesIntoOneRecord takes what two owners added away again, in either order.
func TestTwoMergesIntoOneRecord(t *testing.T) {
	const first, second = "v=spf1 a:mail.example.com include:both.example.com ~all", "v=spf1 include:both.example.com ip4:192.0.2.1 -all"
	for _, existing := range []string{"", "v=spf1 include:_spf.example.net  -all", "v=spf1 mx", "v=spf1 mx redirect=x.example.com "} {
		one, addedFirst, err := MergeSPF(existing, first)
		if err != nil {
			t.Fatal(err)
		}
		both, addedSecond, err := MergeSPF(one, second)
		if err != nil {
			t.Fatal(err)
		}
		for _, order := range [][]SPFAddition{{addedFirst, addedSecond}, {addedSecond, addedFirst}} {
			middle, err := RemoveSPF(both, order[0])
			if err != nil || middle.Delete || len(middle.Kept) > 0 {
				t.Fatalf("the first removal from %q: %+v, %v", both, middle, err)
			}
			last := order[1]
			if last.Created == "" {
				// Who goes last answers for the record that the first one began.
				last.Created = order[0].Created
			}
			end, err := RemoveSPF(middle.Text, last)
			if err != nil {
				t.Fatal(err)
			}
			if want := (SPFRemoval{Text: existing, Delete: existing == ""}); !reflect.DeepEqual(end, want) {
				t.Errorf("%q, then %q, ends as %+v, want %+v", both, middle.Text, end, want)
			}
		}
	}
}
