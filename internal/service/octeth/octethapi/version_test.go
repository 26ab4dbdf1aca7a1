package octethapi_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]octethapi.Version{"5.5": {5, 5}, "5.9.4": {5, 9, 4}, "6.0": {6}, "5.10.1": {5, 10, 1}} {
		if got, err := octethapi.ParseVersion(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	// A series as a whole can do what it is taken for.
	for text, want := range map[string]octethapi.Version{"5.9": {5, 9, 1}, "5.7": {5, 7, 2}, "5.8": {5, 8}} {
		if got, err := octethapi.ParseVersion(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "5.", "5.x", "v5.6", "5.6.1.2", "-5.6", "5.99999999", "5.4", "4.9.9"} {
		if got, err := octethapi.ParseVersion(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
