package mailrecord

import "testing"

// The text that a joint record was created with is another owner's. Who joined it, and whose own
// mechanism is gone, takes nothing of that away.
func TestAJointRecordIsNotWhollyOurs(t *testing.T) {
	const theirs = "v=spf1 ip4:192.0.2.2 ~all"
	ours := SPFAddition{Terms: []string{"ip4:192.0.2.1"}, Created: theirs, Joint: true}
	removal, err := RemoveSPF(theirs, ours)
	if err != nil || removal.Delete || removal.Text != theirs {
		t.Errorf("withdrawing makes it %+v, %v", removal, err)
	}
	text, _, err := ReplaceSPF(theirs, ours, "v=spf1 ip4:192.0.2.1 ~all")
	if want := "v=spf1 ip4:192.0.2.2 ip4:192.0.2.1 ~all"; err != nil || text != want {
		t.Errorf("publishing makes it %q, %v; want %q", text, err, want)
	}
	// Who is the last to leave takes it away.
	if removal, err := RemoveSPF("v=spf1 ip4:192.0.2.1 ~all", ours); err != nil || !removal.Delete {
		t.Errorf("withdrawing last makes it %+v, %v", removal, err)
	}
}

// An owner created a record, and gave up a part of it that another owner wants. The record says
// what it said at first, but it is not the first owner's alone.
func TestARecordOfWhichAPartWasGivenUpIsNotWhollyOurs(t *testing.T) {
	const created = "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all"
	for _, terms := range [][]string{{"ip4:192.0.2.1"}, nil} {
		ours := SPFAddition{Terms: terms, Created: created}
		want := "v=spf1 ip4:192.0.2.2 ~all"
		if terms == nil {
			want = created
		}
		removal, err := RemoveSPF(created, ours)
		if err != nil || removal.Delete || removal.Text != want {
			t.Errorf("withdrawing %q makes it %+v, %v", terms, removal, err)
		}
		text, _, err := ReplaceSPF(created, ours, "v=spf1 mx ~all")
		if want := WithoutSPF(created, terms)[:len(WithoutSPF(created, terms))-len("~all")] + "mx ~all"; err != nil || text != want {
			t.Errorf("publishing beside %q makes it %q, %v; want %q", terms, text, err, want)
		}
	}
	for text, terms := range map[string][]string{"v=spf1 -all": nil, "v=spf1 redirect=x.example.com": {"redirect=x.example.com"}} {
		if removal, err := RemoveSPF(text, SPFAddition{Terms: terms, Created: text}); err != nil || !removal.Delete {
			t.Errorf("withdrawing %q makes it %+v, %v", text, removal, err)
		}
	}
}
