package namecheapsim

import (
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the domains of all accounts.
func (s *Service) Tables() ([]simulation.Table, error) {
	domains := simulation.Table{Title: "Domains", Columns: []string{"Domain", "Account", "Name servers", "Mail", "Hosts", "Not shown by the API", "Expired"}}
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			servers := "Namecheap's"
			if !d.usesOurDNS() {
				servers = strings.Join(d.NameServers, ", ")
			}
			domains.Rows = append(domains.Rows, []string{
				d.Name, d.User, servers, d.EmailType, strconv.Itoa(len(d.Hosts)), strconv.Itoa(len(d.Hidden)), simulation.YesNo(d.Expired),
			})
		}
		return nil
	})
	return []simulation.Table{domains}, err
}
