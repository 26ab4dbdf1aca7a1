package sandbox

import (
	"context"
	"fmt"
	"strconv"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// look returns the data of the records of a name and a type, such as "TXT", from the sandbox's DNS
// server. Names have no trailing dot. MX data is the preference and the host. TXT data is one text,
// made of all strings, without quotes. Services use it to check the records that they asked for. If
// there are no such records, it returns no data and no error.
func (s *Sandbox) look(ctx context.Context, name, recordType string) ([]string, error) {
	kind, known := miekg.StringToType[recordType]
	if !known {
		return nil, fmt.Errorf("there is no type of records %q", recordType)
	}
	server, err := s.DNSAddr()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.resolver == nil {
		s.resolver = dns.NewLookup(dns.LookupConfig{Resolvers: []string{server}})
	}
	resolver := s.resolver
	s.mu.Unlock()
	answer, err := resolver.Recursive(ctx, name, kind)
	if err != nil {
		return nil, err
	}
	var data []string
	for _, rr := range answer.Records {
		record, err := dns.RecordFromWire(rr)
		if err != nil {
			return nil, err
		}
		value := record.Value
		if recordType == "MX" {
			value = strconv.Itoa(int(record.Priority)) + " " + value
		}
		data = append(data, value)
	}
	return data, nil
}
