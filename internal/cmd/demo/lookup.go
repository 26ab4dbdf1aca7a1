package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

// lookUp asks the DNS of the sandbox that keeps its state in a file for each record, and notes which it answers with. It
// asks by Go's own resolver, as any program would that wants to send mail.
func (r result) lookUp(ctx context.Context, sandboxFile string) (err error) {
	box, err := sandbox.Open(sandbox.Options{Path: sandboxFile})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	address, err := box.DNSAddr()
	if err != nil {
		return err
	}
	return r.lookUpAt(ctx, &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, network, address)
	}})
}

func (r result) lookUpAt(ctx context.Context, resolver *net.Resolver) error {
	for _, z := range r.zones {
		for i := range z.Records {
			rec := &z.Records[i]
			values, err := rec.answers(ctx, resolver)
			var failed *net.DNSError
			if errors.As(err, &failed) && failed.IsNotFound {
				err = nil
			}
			if err != nil {
				return fmt.Errorf("looking up %s %s: %w", rec.Name, rec.Type, err)
			}
			rec.seen = slices.Contains(values, rec.data())
		}
	}
	return nil
}

// data is the record's priority, if it has one, and value, as answers has them.
func (r record) data() string {
	if r.Priority == nil {
		return r.Value
	}
	return fmt.Sprint(*r.Priority, " ", strings.TrimSuffix(r.Value, "."))
}

// answers returns the data of all records of the record's name and type.
func (r record) answers(ctx context.Context, resolver *net.Resolver) ([]string, error) {
	name := r.Name + "." // absolute: the resolver's search list is for other names
	switch r.Type {
	case "TXT":
		return resolver.LookupTXT(ctx, name)
	case "MX":
		found, err := resolver.LookupMX(ctx, name)
		var values []string
		for _, mx := range found {
			values = append(values, fmt.Sprint(mx.Pref, " ", strings.TrimSuffix(mx.Host, ".")))
		}
		return values, err
	}
	return nil, errors.New("the demo knows no way to look up records of that type")
}
