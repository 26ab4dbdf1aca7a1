package azureapi

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Objection returns why no zone at Azure DNS can hold a record, in a sentence without its full stop; ""
// if nothing is known against the record. See [dns.Limits].
func Objection(_ string, r dns.Record) string {
	switch {
	case r.Type == "TXT" && r.Value == "":
		return "Azure DNS keeps no TXT record without a text. Leave the record out, or write a text"
	case r.Type == "TXT" && !utf8.ValidString(r.Value):
		return "Azure DNS takes texts in UTF-8 only, and this one is not"
	case r.Type == "MX" && r.Value == dns.NullTarget:
		return "Azure DNS keeps no MX record without a mail host (RFC 7505). Leave the record out: without MX and address records at the name, no mail arrives either"
	}
	return ""
}

// refuses returns why a record cannot be written; "" if nothing is known against it.
func refuses(r dns.Record) string {
	form, known := wireTypes[r.Type]
	switch {
	case !known, form.readOnly:
		return "records of this type cannot be written at Azure here; possible are " + strings.Join(writable(), ", ")
	case r.TTL > maxTTL:
		return fmt.Sprintf("a TTL at Azure DNS is %d to %d seconds, and %d is not", minTTL, maxTTL, r.TTL)
	}
	return Objection("", r)
}
