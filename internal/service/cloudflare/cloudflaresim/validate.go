package cloudflaresim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

const (
	automaticTTL  = 1 // "of your choice", and not one second
	minTTL        = 60
	maxTTL        = 86400
	maxWireLength = 4096 // bytes of one record
	maxSetLength  = 8192 // characters of all contents of a name and type
	maxComment    = 100  // characters, on a free plan
	maxPaid       = 500  // on others

	// reason is the code for an invalid record if the API's own code is not documented.
	reason = 9000
)

func proxiable(kind string) bool { return kind == "A" || kind == "AAAA" || kind == "CNAME" }

// validate checks a record and converts it to the form in which the API stores it.
func (e *editing) validate(r *Record) error {
	r.Type = strings.ToUpper(r.Type)
	if err := e.validateName(r); err != nil {
		return err
	}
	if r.Proxied && !proxiable(r.Type) {
		return invalid(9004, "This record type cannot be proxied.")
	}
	if r.TTL != automaticTTL && (r.TTL < minTTL || r.TTL > maxTTL) {
		return invalid(9021, "TTL must be between %d and %d seconds, or 1 for Automatic.", minTTL, maxTTL)
	}
	if r.Proxied {
		r.TTL = automaticTTL
	}
	longest := maxComment
	if e.zone.Plan != planFree {
		longest = maxPaid
	} else if len(r.Tags) > 0 {
		return invalid(reason, "Tags are not available on this plan.")
	}
	if len([]rune(r.Comment)) > longest {
		return invalid(reason, "Comment can not be longer than %d characters.", longest)
	}
	if !slices.Contains(withPriority, r.Type) {
		r.Priority = nil
	}
	if err := validateContent(r); err != nil {
		return err
	}
	rr, err := r.rr(automaticTTL)
	if err != nil {
		return invalid(reason, "Content for %s record is invalid.", r.Type)
	}
	if length := miekg.Len(rr); length > maxWireLength {
		return invalid(reason, "The record is %d bytes long, and at most %d are allowed.", length, maxWireLength)
	}
	return nil
}

// validateName makes a name absolute: "@" and names outside of the zone are relative to it.
func (e *editing) validateName(r *Record) error {
	apex := e.zone.Name
	if r.Name == "@" {
		r.Name = apex
	}
	name, err := dns.Canonical(r.Name)
	if err == nil && name != apex && !strings.HasSuffix(name, "."+apex) {
		name, err = dns.Canonical(name + "." + apex)
	}
	if err != nil {
		return invalid(9000, "DNS name is invalid.")
	}
	r.Name = name
	return nil
}

func validateContent(r *Record) error {
	switch r.Type {
	case "A", "AAAA":
		addr, err := netip.ParseAddr(r.Content)
		if err != nil || addr.Zone() != "" || addr.Is4() != (r.Type == "A") {
			if r.Type == "A" {
				return invalid(9005, "Content for A record must be a valid IPv4 address.")
			}
			return invalid(9006, "Content for AAAA record must be a valid IPv6 address.")
		}
		r.Content = addr.String()
		return nil
	case "CNAME", "NS", "PTR":
		return r.validateTarget()
	case "MX":
		if r.Priority == nil {
			return invalid(reason, "Priority is required for MX records.")
		}
		if r.Content == "." {
			return nil
		}
		return r.validateTarget()
	case "TXT":
		return r.validateText()
	}
	if form, known := dataForms[r.Type]; known {
		return r.validateData(form)
	}
	if r.Type == "OPENPGPKEY" {
		return nil // base64, which rr reads
	}
	return invalid(reason, "Invalid DNS record type %q.", r.Type)
}

func (r *Record) validateTarget() error {
	target, err := dns.Canonical(r.Content)
	if err != nil || strings.HasPrefix(target, "*") || (r.Type == "CNAME" && target == r.Name) {
		return invalid(9007, "Content for %s record is invalid.", r.Type)
	}
	r.Content = target
	return nil
}

// validateText splits quoted text again into strings of 255 bytes. Unquoted text stays as it was
// sent.
func (r *Record) validateText() error {
	if r.Content == "" || strings.ContainsAny(r.Content, "\r\n\x00") {
		return invalid(9051, "Invalid TXT record. Record may only contain printable ASCII!")
	}
	if !strings.HasPrefix(r.Content, `"`) {
		return nil
	}
	text, err := mailrecord.UnquoteTXT(r.Content)
	if err != nil {
		return invalid(reason, "Content for TXT record is not made of quoted strings.")
	}
	r.Content = quoteBytes(text)
	return nil
}

// quoteBytes quotes a text in strings of 255 bytes, which may cut through a character.
func quoteBytes(text string) string {
	var quoted []string
	for part := range slices.Chunk([]byte(text), 255) {
		quoted = append(quoted, mailrecord.QuoteTXT(string(part)))
	}
	if quoted == nil {
		return `""`
	}
	return strings.Join(quoted, " ")
}

// textOf decodes the content of a TXT record.
func textOf(content string) string {
	if text, err := mailrecord.UnquoteTXT(content); err == nil {
		return text
	}
	return content
}

// rr returns the record for the DNS, with a TTL in seconds instead of the automatic one.
func (r *Record) rr(automatic uint32) (miekg.RR, error) {
	content := r.Content
	switch r.Type {
	case "TXT":
		content = quoteBytes(textOf(content))
	case "CNAME", "NS", "PTR":
		content = miekg.Fqdn(content)
	case "MX":
		content = fmt.Sprintf("%d %s", *r.Priority, miekg.Fqdn(content))
	case "SRV":
		content = r.srvData()
	}
	ttl := uint32(r.TTL)
	if r.TTL == automaticTTL {
		ttl = automatic
	}
	rr, err := miekg.NewRR(fmt.Sprintf("%s %d IN %s %s", miekg.Fqdn(r.Name), ttl, r.Type, content))
	if err == nil && rr == nil {
		err = fmt.Errorf("%s record at %s: there is no data in %q", r.Type, r.Name, content)
	}
	return rr, err
}

// srvData is the data of an SRV record in presentation format. It is made from the fields, because
// the content lacks the priority, except in files of older versions.
func (r *Record) srvData() string {
	target, _ := r.Data["target"].(string) // validated
	return fmt.Sprintf("%v %v %v %s", r.Data["priority"], r.Data["weight"], r.Data["port"], miekg.Fqdn(strings.TrimSuffix(target, ".")))
}
