package route53sim

import (
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the zones of the account, and the record sets that are not plain ones.
func (s *Service) Tables() ([]simulation.Table, error) {
	zones := simulation.Table{Title: "Hosted zones", Columns: []string{"Zone", "ID", "Private", "Name servers", "Record sets"}}
	special := simulation.Table{Title: "Record sets with an alias, a routing policy or a health check", Columns: []string{"Name", "Type", "What it is"}}
	err := s.view(func(st *State) error {
		for _, z := range st.Zones {
			zones.Rows = append(zones.Rows, []string{strings.TrimSuffix(z.Name, "."), z.ID, simulation.YesNo(z.Private), strings.Join(z.NameServers, ", "), strconv.Itoa(len(z.Sets))})
			for _, set := range z.Sets {
				if kind := set.kind(); kind != "" {
					special.Rows = append(special.Rows, []string{strings.TrimSuffix(set.Name, "."), set.Type, kind})
				}
			}
		}
		return nil
	})
	return []simulation.Table{zones, special}, err
}
