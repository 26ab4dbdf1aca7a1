package mailserversim

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the domains, mailboxes, certificates and exports of the server.
func (s *Service) Tables() ([]simulation.Table, error) {
	domains := simulation.Table{Title: "Domains", Columns: []string{"Id", "Domain", "Mailboxes", "DKIM key"}}
	mailboxes := simulation.Table{Title: "Mailboxes", Columns: []string{"Id", "Address"}}
	certificates := simulation.Table{Title: "Certificates", Columns: []string{"Host", "From", "State"}}
	exports := simulation.Table{Title: "Exports", Columns: []string{"Domain", "File", "Time (UTC)"}}
	err := s.view(func(st *State) error {
		of := map[uint64]int{}
		for _, a := range st.Accounts {
			of[a.DomainID]++
			mailboxes.Rows = append(mailboxes.Rows, []string{strconv.FormatUint(a.ID, 10), a.Email})
		}
		for _, d := range st.Domains {
			domains.Rows = append(domains.Rows, []string{
				strconv.FormatUint(d.ID, 10), d.Name, strconv.Itoa(of[d.ID]), st.DKIM.state(d.Name),
			})
		}
		certificates.Rows = st.Certificates.rows()
		for _, a := range st.Archives {
			exports.Rows = append(exports.Rows, []string{a.Domain, a.Path, a.GeneratedAt.UTC().Format(time.DateTime)})
		}
		return nil
	})
	return []simulation.Table{domains, mailboxes, certificates, exports}, err
}

// state says in a word whether the server signs the mail of a domain.
func (t DKIMTables) state(domain string) string {
	key := dkimSelector + "._domainkey." + domain
	switch {
	case slices.Contains(t.Unreadable, domain):
		return "unreadable"
	case slices.ContainsFunc(t.KeyTable, func(line string) bool { return strings.HasPrefix(line, key+" ") }):
		return "selector " + dkimSelector
	}
	return "none"
}

func (c Certificates) rows() [][]string {
	var rows [][]string
	for _, host := range slices.Sorted(maps.Keys(c.Issued)) {
		rows = append(rows, []string{host, "Let's Encrypt", "issued " + c.Issued[host].UTC().Format(time.DateTime)})
	}
	for _, host := range slices.Sorted(maps.Keys(c.Ordered)) {
		rows = append(rows, []string{host, "Let's Encrypt", "ordered, due " + c.Ordered[host].Due.UTC().Format(time.DateTime)})
	}
	others := map[Origin][]string{
		SelfSigned: {"any other host", "the server itself", "self-signed"},
		Uploaded:   {"any other host", "an upload", "in use"},
		Missing:    {"any other host", "nobody", "missing: TLS fails"},
	}
	return append(rows, others[c.Other])
}
