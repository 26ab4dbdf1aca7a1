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
