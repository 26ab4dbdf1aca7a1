package main

import (
	"cmp"
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

// result is what the example's outputs tell.
type result struct {
	domains     map[string]domain
	zones       []zone // by name
	certificate certificate
}

// domain is what a domain has on the mail server.
type domain struct {
	Mailboxes    int    `json:"mailboxes"`
	DKIMSelector string `json:"dkim_selector"`
	DKIMKeyType  string `json:"dkim_key_type"`
	DKIMKeyBits  int    `json:"dkim_key_bits"`
}

// zone is what was published for a domain, and where.
type zone struct {
	DNSHost string   `json:"dns_host"`
	Records []record `json:"records"`
}

type record struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Value    string `json:"value"`
	Priority *int   `json:"priority"`

	seen bool // whether the DNS answered with it
}

type certificate struct {
	Hostname string    `json:"hostname"`
	Issuer   string    `json:"issuer"`
	NotAfter time.Time `json:"not_after"`
}

// readResult reads the outputs as `output -json` writes them.
func readResult(outputs []byte) (result, error) {
	var from struct {
		Domains struct {
			Value map[string]domain `json:"value"`
		} `json:"domains"`
		Published struct {
			Value map[string]zone `json:"value"`
		} `json:"published"`
		Certificate struct {
			Value certificate `json:"value"`
		} `json:"certificate"`
	}
	if err := json.Unmarshal(outputs, &from); err != nil {
		return result{}, fmt.Errorf("reading the outputs of %s: %w", example, err)
	}
	r := result{domains: from.Domains.Value, certificate: from.Certificate.Value}
	for _, name := range slices.Sorted(maps.Keys(from.Published.Value)) {
		z := from.Published.Value[name]
		// The domain itself comes first, then the names below it.
		slices.SortFunc(z.Records, func(a, b record) int {
			return cmp.Or(cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Value, b.Value))
		})
		r.zones = append(r.zones, z)
	}
	if len(r.domains) == 0 || r.records() == 0 {
		return result{}, fmt.Errorf("reading the outputs of %s: they name %d domains and %d records", example, len(r.domains), r.records())
	}
	return r, nil
}

// records is how many records were published.
func (r result) records() int { return r.count(func(record) bool { return true }) }

// seen is how many of them the DNS answered with.
func (r result) seen() int { return r.count(func(rec record) bool { return rec.seen }) }

func (r result) count(counts func(record) bool) int {
	n := 0
	for _, z := range r.zones {
		for _, rec := range z.Records {
			if counts(rec) {
				n++
			}
		}
	}
	return n
}

// write shows the result as tables.
func (r result) write(out io.Writer) error {
	domains := []string{"DOMAIN\tMAILBOXES\tDKIM KEY\tSELECTOR"}
	for _, name := range slices.Sorted(maps.Keys(r.domains)) {
		d := r.domains[name]
		domains = append(domains, fmt.Sprintf("%s\t%9d\t%s %d\t%s", name, d.Mailboxes, strings.ToUpper(d.DKIMKeyType), d.DKIMKeyBits, d.DKIMSelector))
	}
	c := r.certificate
	certificates := []string{"CERTIFICATE\tVALID UNTIL\tISSUER", c.Hostname + "\t" + c.NotAfter.UTC().Format(time.DateOnly) + "\t" + c.Issuer}
	records := []string{"RECORD\tTYPE\tVALUE\tDNS HOST\tSEEN"}
	for _, z := range r.zones {
		for _, rec := range z.Records {
			seen := "no"
			if rec.seen {
				seen = "✓"
			}
			records = append(records, strings.Join([]string{rec.Name, rec.Type, rec.text(), z.DNSHost, seen}, "\t"))
		}
	}
	return errors.Join(table.Write(out, "  ", domains), table.Write(out, "  ", certificates), table.Write(out, "  ", records))
}

// longestValue keeps the table within a hundred columns; of a key, nobody reads more.
const longestValue = 40

func (r record) text() string {
	text := r.Value
	if r.Priority != nil {
		text = fmt.Sprintf("%d %s", *r.Priority, text)
	}
	if cut := []rune(text); len(cut) > longestValue {
		return string(cut[:longestValue-1]) + "…"
	}
	return text
}
