package yandexsim

import (
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// OwnZones are the zones that what the records of customers point to is in.
var OwnZones = []string{netZone, ruZone}

// Tables shows the domains and mailboxes of all users.
func (s *Service) Tables() ([]simulation.Table, error) {
	domains := simulation.Table{Title: "Domains", Columns: []string{"Domain", "User", "Status", "Delegated", "DKIM", "Mailboxes"}}
	mailboxes := simulation.Table{Title: "Mailboxes", Columns: []string{"Address", "Name", "Enabled"}}
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			domains.Rows = append(domains.Rows, []string{
				d.Name, d.User, d.Status, simulation.YesNo(d.Delegated), simulation.YesNo(d.DKIM.Enabled), strconv.Itoa(len(d.Accounts)),
			})
			for _, a := range d.Accounts {
				name := strings.TrimSpace(a.FirstName + " " + a.LastName)
				mailboxes.Rows = append(mailboxes.Rows, []string{a.Login + "@" + d.Name, name, simulation.YesNo(a.Enabled)})
			}
		}
		return nil
	})
	return []simulation.Table{domains, mailboxes}, err
}
