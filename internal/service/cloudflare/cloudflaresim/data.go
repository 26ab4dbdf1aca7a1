package cloudflaresim

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// withPriority are the types that have a priority besides their content.
var withPriority = []string{"MX", "SRV", "URI"}

// dataField is one field of a record's data.
type dataField struct {
	name string
	kind fieldKind
}

// fieldKind is the kind of value of a field, and how the content shows it.
type fieldKind int

const (
	number      fieldKind = iota // from 0 to 65535
	decimal                      // any number
	metres                       // any number, with its unit in the content
	word                         // text that is not empty
	quoted                       // any text, in quotes in the content
	hexadecimal                  // digits of bytes
	hostname                     // a host name, or "." for none
	rest                         // text that may be empty, such as the parameters of HTTPS records
)

// dataForms are the fields of the types that are written by fields, in the order of the content
// (https://developers.cloudflare.com/api/resources/dns/subresources/records/). The API computes the
// content from them and ignores a content that is sent.
var dataForms = map[string][]dataField{
	"CAA":    {{"flags", number}, {"tag", word}, {"value", quoted}},
	"CERT":   {{"type", number}, {"key_tag", number}, {"algorithm", number}, {"certificate", word}},
	"DNSKEY": {{"flags", number}, {"protocol", number}, {"algorithm", number}, {"public_key", word}},
	"DS":     {{"key_tag", number}, {"algorithm", number}, {"digest_type", number}, {"digest", hexadecimal}},
	"HTTPS":  {{"priority", number}, {"target", hostname}, {"value", rest}},
	"LOC": {
		{"lat_degrees", number}, {"lat_minutes", number}, {"lat_seconds", decimal}, {"lat_direction", word},
		{"long_degrees", number}, {"long_minutes", number}, {"long_seconds", decimal}, {"long_direction", word},
		{"altitude", metres}, {"size", metres}, {"precision_horz", metres}, {"precision_vert", metres},
	},
	"NAPTR": {
		{"order", number}, {"preference", number}, {"flags", quoted}, {"service", quoted}, {"regex", quoted}, {"replacement", hostname},
	},
	"SMIMEA": {{"usage", number}, {"selector", number}, {"matching_type", number}, {"certificate", hexadecimal}},
	"SRV":    {{"priority", number}, {"weight", number}, {"port", number}, {"target", hostname}},
	"SSHFP":  {{"algorithm", number}, {"type", number}, {"fingerprint", hexadecimal}},
	"SVCB":   {{"priority", number}, {"target", hostname}, {"value", rest}},
	"TLSA":   {{"usage", number}, {"selector", number}, {"matching_type", number}, {"certificate", hexadecimal}},
	"URI":    {{"weight", number}, {"target", quoted}},
}

// validateData checks the fields of a record's data, and computes its content.
func (r *Record) validateData(form []dataField) error {
	parts := make([]string, 0, len(form))
	for _, field := range form {
		part, problem := field.show(r.Data[field.name])
		if problem != "" {
			return invalid(reason, "data.%s %s in %s records.", field.name, problem, r.Type)
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	switch r.Type {
	case "SRV":
		priority := uint16(r.Data["priority"].(float64))
		r.Priority = &priority
		// The content is separated by tabs, and lacks the priority, which is a separate field.
		r.Content = strings.Join(parts[1:], "\t")
		return nil
	case "URI":
		if r.Priority == nil {
			return invalid(reason, "Priority is required for URI records.")
		}
		parts = append([]string{strconv.Itoa(int(*r.Priority))}, parts...)
	}
	r.Content = strings.Join(parts, " ")
	return nil
}

// show returns a field as the content has it, or what is wrong with its value.
func (f dataField) show(value any) (part, problem string) {
	switch f.kind {
	case number, decimal, metres:
		n, ok := value.(float64)
		switch {
		case !ok:
			return "", "is required"
		case f.kind == number && (n < 0 || n > 65535 || n != float64(int(n))):
			return "", "must be a whole number between 0 and 65535"
		case f.kind == metres:
			return fmt.Sprintf("%gm", n), ""
		}
		return fmt.Sprintf("%g", n), ""
	}
	text, ok := value.(string)
	switch {
	case !ok && f.kind != rest:
		return "", "is required"
	case f.kind == quoted:
		return mailrecord.QuoteTXT(text), ""
	case f.kind == hostname && text != ".":
		host, err := dns.Canonical(text)
		if err != nil {
			return "", "must be a valid hostname"
		}
		return host, ""
	case f.kind == word && text == "":
		return "", "is required"
	case f.kind == hexadecimal && !isHex(text):
		return "", "must be hexadecimal"
	}
	return text, ""
}

func isHex(text string) bool {
	_, err := hex.DecodeString(text)
	return err == nil && text != ""
}
