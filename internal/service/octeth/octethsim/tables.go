package octethsim

import (
	"strconv"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the sender domains of all users, and the records that they need.
func (s *Service) Tables() ([]simulation.Table, error) {
	domains := simulation.Table{Title: "Sender domains", Columns: []string{"Id", "Domain", "Kind", "Status", "User"}}
	records := simulation.Table{Title: "Records that they need", Columns: []string{"Name", "Type", "Value", "Seen"}}
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			domains.Rows = append(domains.Rows, []string{strconv.FormatInt(d.ID, 10), d.Name, d.Kind, d.Status, strconv.FormatInt(d.User, 10)})
			for _, r := range d.Records {
				seen := "not looked yet"
				if r.Verified != nil {
					seen = simulation.YesNo(*r.Verified)
				}
				records.Rows = append(records.Rows, []string{r.Host, r.Type, r.Value, seen})
			}
		}
		return nil
	})
	return []simulation.Table{domains, records}, err
}
