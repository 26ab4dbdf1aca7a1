package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cmd/table"
)

// firm holds the outputs of examples/complete: its domains by name.
type firm map[string]firmDomain

type firmDomain struct {
	Role            string     `json:"role"`
	Service         string     `json:"service"`
	DNSHost         string     `json:"dns_host"`
	Records         []*record  `json:"records"`
	Mailboxes       *int       `json:"mailboxes"`        // nil if the service has none
	Valid           *bool      `json:"valid"`            // nil if the service verifies nothing
	VerifiedAt      *time.Time `json:"verified_at"`      // nil unless Valid
	CertificateEnds *time.Time `json:"certificate_ends"` // nil without a certificate
}

// readFirm reads the outputs in the form of `output -json`.
func readFirm(outputs []byte) (result, error) {
	var from struct {
		Domains struct {
			Value firm `json:"value"`
		} `json:"domains"`
	}
	if err := json.Unmarshal(outputs, &from); err != nil {
		return nil, err
	}
	f := from.Domains.Value
	if len(f) == 0 {
		return nil, errors.New("they name no domains")
	}
	for name, d := range f {
		if len(d.Records) == 0 {
			return nil, fmt.Errorf("they name no records of %s", name)
		}
		inOrder(d.Records)
	}
	return f, nil
}

func (f firm) names() []string { return slices.Sorted(maps.Keys(f)) }

func (f firm) records() []*record {
	var all []*record
	for _, name := range f.names() {
		all = append(all, f[name].Records...)
	}
	return all
}

func (f firm) unverified() []string {
	return slices.DeleteFunc(f.names(), func(name string) bool { return f[name].Valid == nil || *f[name].Valid })
}

func (f firm) write(out io.Writer) error {
	records := []string{"SEEN\tRECORD\tTYPE\tVALUE"}
	for _, r := range f.records() {
		records = append(records, strings.Join([]string{mark(r.seen()), r.Name, r.Type, r.text()}, "\t"))
	}
	domains := []string{"DOMAIN\tROLE\tSERVICE\tCERTIFICATE ENDS\tDNS HOST\tRECORDS\tVERIFIED"}
	for _, name := range f.names() {
		d := f[name]
		domains = append(domains, strings.Join([]string{name, d.role(), d.Service, d.certificate(), d.DNSHost, marks(d.Records), d.verified()}, "\t"))
	}
	return errors.Join(table.Write(out, "  ", records), table.Write(out, "  ", domains))
}

// none is shown in a table if there is no value.
const none = "-"

// role returns the domain's role, with the number of its mailboxes if it has any.
func (d firmDomain) role() string {
	if d.Mailboxes == nil {
		return d.Role
	}
	return fmt.Sprintf("%s (%d)", d.Role, *d.Mailboxes)
}

func (d firmDomain) certificate() string {
	if d.CertificateEnds == nil {
		return none
	}
	return d.CertificateEnds.UTC().Format(time.DateOnly)
}

func (d firmDomain) verified() string {
	switch {
	case d.Valid == nil:
		return none
	case d.VerifiedAt == nil:
		return mark(*d.Valid)
	}
	return mark(*d.Valid) + " " + d.VerifiedAt.UTC().Format(time.DateOnly)
}
