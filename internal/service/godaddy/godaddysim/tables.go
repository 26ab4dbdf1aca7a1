package godaddysim

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the domains of all accounts.
func (s *Service) Tables() ([]simulation.Table, error) {
	domains := simulation.Table{Title: "Domains", Columns: []string{"Domain", "Account", "Status", "Name servers", "Records"}}
	err := s.view(func(st *State) error {
		for _, z := range st.Zones {
			servers := z.NameServers
			if len(servers) == 0 {
				servers = NameServers
			}
			domains.Rows = append(domains.Rows, []string{z.Name, z.Shopper, cmp.Or(z.Status, statusActive), strings.Join(servers, ", "), strconv.Itoa(len(z.Records))})
		}
		return nil
	})
	return []simulation.Table{domains}, err
}
