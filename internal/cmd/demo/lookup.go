package main

import (
	"context"
	"fmt"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// lookupTimeout is for one question, on a busy machine.
const lookupTimeout = 10 * time.Second

// lookUp asks the DNS for the name and type of each record, and notes the answer.
func (w *world) lookUp(ctx context.Context, records []*record) error {
	server, err := w.box.DNSAddr()
	if err != nil {
		return err
	}
	resolver := dns.NewLookup(dns.LookupConfig{Resolvers: []string{server}, Timeout: lookupTimeout})
	for _, r := range records {
		if r.found, err = answers(ctx, resolver, r.Name, r.Type); err != nil {
			return fmt.Errorf("looking up %s %s: %w", r.Name, r.Type, err)
		}
	}
	return nil
}

// answers returns the data of all records of a name and type, written like record.data. If there
// are none, it returns nothing and no error.
func answers(ctx context.Context, resolver *dns.Lookup, name, recordType string) ([]string, error) {
	kind, known := miekg.StringToType[recordType]
	if !known {
		return nil, fmt.Errorf("the DNS has no records of the type %s", recordType)
	}
	answer, err := resolver.Recursive(ctx, name, kind)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, rr := range answer.Records {
		decoded, err := dns.RecordFromRR(rr)
		if err != nil {
			return nil, err
		}
		r := record{Value: decoded.Value}
		if recordType == "MX" {
			preference := int(decoded.Priority)
			r.Priority = &preference
		}
		found = append(found, r.data())
	}
	return found, nil
}
