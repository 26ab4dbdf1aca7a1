package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Four resources that publish in one zone of a host with few calls, from nothing: side
// by side they share readings and writes, one after another they have to read the zone
// each, since an edit may have been made in between.
func TestCallsOfFourResourcesAtNamecheap(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		chained       bool
		reads, writes int // at most
	}{
		"side by side":      {false, 6, 4},
		"one after another": {true, 10, 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := world.New(t)
			config := w.Provider() + world.AuthorizationAt("namecheap", "example.org")
			for n := range 4 {
				more := ""
				if test.chained && n > 0 {
					more = fmt.Sprintf("depends_on = [postmaster_dns_records.r%d]", n-1)
				}
				config += world.RecordsConfig(fmt.Sprintf("r%d", n), fmt.Sprintf(`text = { name = "r%d.example.org", type = "TXT", value = "x" }`, n), more)
			}
			changes := func() int {
				var count uint64
				err := store.View(w.Store(t), namecheapsim.Section, func(st *namecheapsim.State) error {
					count = st.Changes
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				return int(count)
			}
			before := changes()
			w.Run(t, resource.TestStep{Config: config, Check: func(*terraform.State) error {
				writes, calls := changes()-before, 0
				for _, call := range w.CallsSoFar() {
					if strings.HasPrefix(call, "namecheap ") {
						calls++
					}
				}
				t.Logf("%d readings, %d writes", calls-writes, writes)
				if calls-writes > test.reads || writes > test.writes {
					return fmt.Errorf("%d readings and %d writes, want at most %d and %d", calls-writes, writes, test.reads, test.writes)
				}
				return nil
			}})
		})
	}
}
