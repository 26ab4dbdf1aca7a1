package azuresim

import (
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the zones, and the record sets that other resources answer for.
func (s *Service) Tables() ([]simulation.Table, error) {
	zones := simulation.Table{Title: "Zones", Columns: []string{"Zone", "Resource group", "Type", "Lock", "Name servers", "Record sets"}}
	linkedSets := simulation.Table{Title: "Record sets that other resources answer for", Columns: []string{"Name", "Type", "Resource"}}
	err := s.view(func(st *State) error {
		for _, z := range st.Zones {
			shown := z.show()
			zones.Rows = append(zones.Rows, []string{z.Name, z.Group, shown.Properties["zoneType"].(string), z.Lock, strings.Join(z.NameServers, ", "), strconv.Itoa(len(z.Sets))})
			for _, set := range z.Sets {
				if to := linked(set.Properties[targetProperty]) + linked(set.Properties[profileProperty]); to != "" {
					linkedSets.Rows = append(linkedSets.Rows, []string{set.Name + "." + z.Name, set.Type, to})
				}
			}
		}
		return nil
	})
	return []simulation.Table{zones, linkedSets}, err
}
