package kit_test

import (
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

func TestWaitedSince(t *testing.T) {
	for since, want := range map[time.Duration]string{
		400 * time.Millisecond: "less than a second", 12*time.Second + 200*time.Millisecond: "12s", 5 * time.Minute: "5 minutes", 61 * time.Second: "1m1s",
	} {
		if got := kit.WaitedSince(time.Now().Add(-since)); got != want {
			t.Errorf("%s: %q, not %q", since, got, want)
		}
	}
}
