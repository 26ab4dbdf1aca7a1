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

// mailServer holds the outputs of examples/mail-server.
type mailServer struct {
	mail        map[string]mailOnServer // by domain, of those that have mail
	dns         map[string]publishedAt  // by domain
	certificate certificate
}

type mailOnServer struct {
	Mailboxes    int    `json:"mailboxes"`
	DKIMSelector string `json:"dkim_selector"`
	DKIMKeyType  string `json:"dkim_key_type"`
	DKIMKeyBits  int    `json:"dkim_key_bits"`
}

// publishedAt is what was published for a domain, and at which host.
type publishedAt struct {
	DNSHost string    `json:"dns_host"`
	Records []*record `json:"records"`
}

type certificate struct {
	Hostname string    `json:"hostname"`
	Issuer   string    `json:"issuer"`
	NotAfter time.Time `json:"not_after"`
}

// readMailServer reads the outputs in the form of `output -json`.
func readMailServer(outputs []byte) (result, error) {
	var from struct {
		Domains struct {
			Value map[string]mailOnServer `json:"value"`
		} `json:"domains"`
		Published struct {
			Value map[string]publishedAt `json:"value"`
		} `json:"published"`
		Certificate struct {
			Value certificate `json:"value"`
		} `json:"certificate"`
	}
	if err := json.Unmarshal(outputs, &from); err != nil {
		return nil, err
	}
	m := &mailServer{mail: from.Domains.Value, dns: from.Published.Value, certificate: from.Certificate.Value}
	for _, published := range m.dns {
		inOrder(published.Records)
	}
	if len(m.mail) == 0 || len(m.records()) == 0 || m.certificate.NotAfter.IsZero() {
		return nil, fmt.Errorf("they name %d domains with mail, %d records, and a certificate for %q", len(m.mail), len(m.records()), m.certificate.Hostname)
	}
	return m, nil
}

func (m *mailServer) names() []string { return slices.Sorted(maps.Keys(m.dns)) }

func (m *mailServer) records() []*record {
	var all []*record
	for _, name := range m.names() {
		all = append(all, m.dns[name].Records...)
	}
	return all
}

// unverified returns nothing: a mail server does not verify domains.
func (m *mailServer) unverified() []string { return nil }

func (m *mailServer) write(out io.Writer) error {
	domains := []string{"DOMAIN\tMAILBOXES\tDKIM KEY\tSELECTOR\tDNS HOST\tRECORDS"}
	for _, name := range m.names() {
		mail := "        -\t-\t-"
		if d, ok := m.mail[name]; ok {
			mail = fmt.Sprintf("%9d\t%s %d\t%s", d.Mailboxes, strings.ToUpper(d.DKIMKeyType), d.DKIMKeyBits, d.DKIMSelector)
		}
		domains = append(domains, fmt.Sprintf("%s\t%s\t%s\t%s", name, mail, m.dns[name].DNSHost, marks(m.dns[name].Records)))
	}
	c := m.certificate
	certificates := []string{"CERTIFICATE\tENDS\tISSUER", c.Hostname + "\t" + c.NotAfter.UTC().Format(time.DateOnly) + "\t" + c.Issuer}
	return errors.Join(table.Write(out, "  ", domains), table.Write(out, "  ", certificates))
}
