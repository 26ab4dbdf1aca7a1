package cloudflaresim

import (
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the zones of the account, and what the DNS does not tell of their records.
func (s *Service) Tables() ([]simulation.Table, error) {
	zones := simulation.Table{Title: "Zones", Columns: []string{"Zone", "Status", "Type", "Plan", "Name servers", "Records"}}
	marked := simulation.Table{Title: "Records that are proxied or have a comment", Columns: []string{"Name", "Type", "Proxied", "Comment"}}
	err := s.view(func(st *State) error {
		for _, z := range st.Zones {
			servers := slices.Concat(z.NameServers, z.VanityNameServers)
			zones.Rows = append(zones.Rows, []string{z.Name, z.Status, z.Type, z.Plan, strings.Join(servers, ", "), strconv.Itoa(len(z.Records))})
			for _, r := range z.Records {
				if r.Proxied || r.Comment != "" {
					marked.Rows = append(marked.Rows, []string{r.Name, r.Type, simulation.YesNo(r.Proxied), r.Comment})
				}
			}
		}
		return nil
	})
	return []simulation.Table{zones, marked}, err
}
