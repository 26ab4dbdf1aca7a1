package octethsim

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

func TestVerifyAllTakesTwentyFivePendingDomains(t *testing.T) {
	w := newWorld(t)
	all := object{}
	for i := range 30 {
		_, records := w.create(fmt.Sprintf("d%02d.example", i))
		maps.Copy(all, records)
	}
	w.publish(all)
	got := w.ok("user.senderdomain.verify", object{"verifyall": true})
	if got["Verified"] != 25.0 || got["Failed"] != 0.0 || got["Truncated"] != true || len(got["Domains"].([]any)) != 25 {
		t.Errorf("first: %v", got)
	}
	got = w.ok("user.senderdomain.verify", object{"verifyall": true})
	if got["Verified"] != 5.0 || got["Truncated"] != false || at(got["Domains"].([]any)[0], "DomainID") != 26.0 {
		t.Errorf("then: %v", got)
	}
}

func TestBackgroundChecksTakeValidityAway(t *testing.T) {
	w := newWorld(t)
	w.Under(fault.Conditions{Settings: map[string]string{SettingRecheck: "10m"}})
	id, records := w.create("example.com")
	w.publish(records)
	w.ok("user.senderdomain.verify", object{"DomainID": id})
	w.publish(nil)
	w.Advance(25 * time.Minute)
	if got := w.status(id); got != StatusEnabled {
		t.Errorf("after two failures: %v", got)
	}
	w.publish(records)
	w.Advance(10 * time.Minute)
	w.status(id)
	w.publish(nil)
	w.Advance(20 * time.Minute)
	if got := w.status(id); got != StatusEnabled {
		t.Errorf("after two more, not in turn: %v", got)
	}
	w.Advance(10 * time.Minute)
	if got := w.status(id); got != StatusPending {
		t.Errorf("after three in turn: %v", got)
	}
}

func TestBackgroundChecksCanBeOff(t *testing.T) {
	w := newWorld(t)
	w.Under(fault.Conditions{Settings: map[string]string{SettingRecheck: "0"}})
	id, records := w.create("example.com")
	w.publish(records)
	w.ok("user.senderdomain.verify", object{"DomainID": id})
	w.publish(nil)
	w.Advance(1000 * time.Hour)
	if got := w.status(id); got != StatusEnabled {
		t.Errorf("%v", got)
	}
}
