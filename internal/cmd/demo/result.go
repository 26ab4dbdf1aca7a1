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

// result is what the example's outputs tell, as `output -json` writes them.
type result struct {
	Domains struct {
		Value map[string]domain `json:"value"`
	} `json:"domains"`
	Certificate struct {
		Value certificate `json:"value"`
	} `json:"certificate"`
}

type domain struct {
	Mailboxes    int      `json:"mailboxes"`
	DKIMSelector string   `json:"dkim_selector"`
	DKIMKeyType  string   `json:"dkim_key_type"`
	DKIMKeyBits  int      `json:"dkim_key_bits"`
	DNSRecords   []record `json:"dns_records"`
}

type record struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Value    string `json:"value"`
	Priority *int   `json:"priority"`
}

type certificate struct {
	Hostname string    `json:"hostname"`
	Issuer   string    `json:"issuer"`
	NotAfter time.Time `json:"not_after"`
}

// writeResult shows the outputs as tables.
func writeResult(out io.Writer, outputs []byte) error {
	var r result
	if err := json.Unmarshal(outputs, &r); err != nil {
		return fmt.Errorf("reading the outputs of %s: %w", example, err)
	}
	if len(r.Domains.Value) == 0 {
		return fmt.Errorf("reading the outputs of %s: they name no domain", example)
	}
	names := slices.Sorted(maps.Keys(r.Domains.Value))

	domains := []string{"DOMAIN\tMAILBOXES\tDKIM KEY\tSELECTOR"}
	records := []string{"RECORD TO PUBLISH\tTYPE\tVALUE"}
	for _, name := range names {
		d := r.Domains.Value[name]
		domains = append(domains, fmt.Sprintf("%s\t%9d\t%s %d\t%s", name, d.Mailboxes, strings.ToUpper(d.DKIMKeyType), d.DKIMKeyBits, d.DKIMSelector))
		slices.SortFunc(d.DNSRecords, func(a, b record) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type)) })
		for _, rec := range d.DNSRecords {
			records = append(records, rec.Name+"\t"+rec.Type+"\t"+rec.text())
		}
	}
	c := r.Certificate.Value
	certificates := []string{"CERTIFICATE\tVALID UNTIL\tISSUER", c.Hostname + "\t" + c.NotAfter.UTC().Format(time.DateOnly) + "\t" + c.Issuer}
	return errors.Join(table.Write(out, "  ", domains), table.Write(out, "  ", certificates), table.Write(out, "  ", records))
}

// longestValue is what fits beside name and type in a terminal; of a key, nobody reads more.
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
