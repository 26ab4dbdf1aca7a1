package rfc2136sim

import (
	"strconv"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the zones of the server.
func (s *Service) Tables() ([]simulation.Table, error) {
	zones, err := s.Zones()
	table := simulation.Table{Title: "Zones", Columns: []string{"Zone", "Serial", "Records"}}
	for _, z := range zones {
		serial := ""
		if soa, ok := z.Records[0].(*miekg.SOA); ok {
			serial = strconv.FormatUint(uint64(soa.Serial), 10)
		}
		table.Rows = append(table.Rows, []string{z.Apex, serial, strconv.Itoa(len(z.Records))})
	}
	return []simulation.Table{table}, err
}
