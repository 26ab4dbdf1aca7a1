package googlesim

import (
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the zones of all projects, and the record sets that have more than data.
func (s *Service) Tables() ([]simulation.Table, error) {
	zones := simulation.Table{Title: "Managed zones", Columns: []string{"Project", "Name", "Zone", "Visibility", "Name servers", "Record sets"}}
	special := simulation.Table{Title: "Record sets with a routing policy, and aliases", Columns: []string{"Name", "Type"}}
	err := s.view(func(st *State) error {
		for _, z := range st.Zones {
			zones.Rows = append(zones.Rows, []string{z.Project, z.Name, z.DNSName, z.Visibility, strings.Join(z.NameServers, ", "), strconv.Itoa(len(z.Sets))})
			for _, r := range z.Sets {
				if r.RoutingPolicy != nil || r.Type == "ALIAS" {
					special.Rows = append(special.Rows, []string{r.Name, r.Type})
				}
			}
		}
		return nil
	})
	return []simulation.Table{zones, special}, err
}
