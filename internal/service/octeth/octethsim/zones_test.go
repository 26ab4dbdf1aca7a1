package octethsim

import (
	"slices"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// What the records of a sender domain lead to exists, so that a key is found, and SPF passes.
func TestTargetsExist(t *testing.T) {
	zones, err := (&Service{}).Zones()
	if err != nil || len(zones) != 1 {
		t.Fatalf("%d zones, %v", len(zones), err)
	}
	for _, r := range template(&Domain{Kind: Campaign, Name: "example.com"}, 1) {
		if r.Type != "CNAME" {
			continue
		}
		if !slices.ContainsFunc(zones[0].Records, func(rr miekg.RR) bool { return rr.Header().Name == r.Value }) {
			t.Errorf("%s leads to %s, which does not exist", r.Host, r.Value)
		}
	}
	for _, rr := range zones[0].Records {
		if txt, isTXT := rr.(*miekg.TXT); isTXT && rr.Header().Name == keyHost {
			text := ""
			for _, part := range txt.Txt {
				text += part
			}
			if key, faults := mailrecord.InspectDKIM(text); len(faults) > 0 || key.Bits != 2048 {
				t.Errorf("the key has %d bits, and the faults %v", key.Bits, faults)
			}
		}
	}
}
