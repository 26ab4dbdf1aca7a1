package googlesim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// types are the record types of the service (https://cloud.google.com/dns/docs/records-overview).
var types = []string{
	"A", "AAAA", "ALIAS", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "IPSECKEY", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT",
}

// validName reports whether a text is an absolute name with its final dot.
func validName(name string) bool {
	_, err := dns.Canonical(name)
	return err == nil && strings.HasSuffix(name, ".")
}

// checkData checks the data of a set, and brings it into the form in which the service keeps it.
func (z *Zone) checkData(at string, r *RecordSet) error {
	isApex := r.Name == z.DNSName+"."
	switch {
	case r.RoutingPolicy != nil:
		return nil
	case r.Type == "CNAME" && isApex:
		return refuse(http.StatusBadRequest, "recordTypeDisallowedAtZoneApex", "The resource record set '%s' cannot exist at the zone apex.", at)
	case r.Type == "NS" && strings.HasPrefix(r.Name, "*."):
		return refuse(http.StatusBadRequest, "wildcardNotAllowed", "The resource record set '%s' has the wrong type to be a wildcard.", at)
	case r.Type == "ALIAS" && !isApex, r.Type == "SOA" && !isApex:
		return refuse(http.StatusBadRequest, "invalidZoneApex", "The resource record set '%s' is invalid because it is not at the apex.", at)
	case len(r.Rrdatas) > 1 && slices.Contains([]string{"CNAME", "SOA", "ALIAS"}, r.Type):
		return refuse(http.StatusBadRequest, "invalidRecordCount", "The resource record set '%s' is only permitted to have one record because it is of type '%s'.", at, r.Type)
	}
	for i, data := range r.Rrdatas {
		field := fmt.Sprintf("%s.rrdata[%d]", at, i)
		if r.Type == "TXT" || r.Type == "SPF" {
			text, err := normalText(data)
			if err != nil {
				return invalid(field, data)
			}
			r.Rrdatas[i] = text
		} else if !validData(r.Type, data) {
			return invalid(field, data)
		}
		if slices.Contains(r.Rrdatas[:i], r.Rrdatas[i]) {
			return invalid(field, data)
		}
	}
	return nil
}

// normalText checks the strings of a text, each of at most 255 bytes. Words without quotes become
// strings of their own.
func normalText(data string) (string, error) {
	var strs []string
	for rest := strings.TrimLeft(data, " \t"); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		end := strings.IndexAny(rest, " \t")
		if rest[0] == '"' {
			end = 1
			for end < len(rest) && rest[end] != '"' {
				if rest[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(rest) {
				return "", fmt.Errorf("a string has no end")
			}
			end++
		} else if end < 0 {
			end = len(rest)
		}
		str := rest[:end]
		if str[0] != '"' {
			str = `"` + strings.ReplaceAll(str, `"`, `\"`) + `"`
		}
		text, err := mailrecord.UnquoteTXT(str)
		if err != nil || len(text) > 255 {
			return "", fmt.Errorf("a string is longer than 255 bytes, or not well-formed")
		}
		strs, rest = append(strs, str), rest[end:]
	}
	if strs == nil {
		return "", fmt.Errorf("there is no string")
	}
	return strings.Join(strs, " "), nil
}

// validData reports whether the data of other types are well-formed. Names in them are absolute, with
// the final dot.
func validData(recordType, data string) bool {
	as := recordType
	if recordType == "ALIAS" {
		as = "CNAME"
	}
	rr, err := miekg.NewRR(". 0 IN " + as + " " + data)
	if err != nil || rr == nil || strings.ContainsAny(data, "\r\n") {
		return false
	}
	var target string
	fields := strings.Fields(data)
	switch as {
	case "CNAME", "NS", "PTR", "MX", "SRV":
		target = fields[len(fields)-1]
	}
	return target == "" || strings.HasSuffix(target, ".")
}
