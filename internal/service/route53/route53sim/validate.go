package route53sim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"
)

const (
	maxTTL       = 1<<31 - 1
	maxValue     = 4000 // characters
	maxString    = 255
	maxSetValues = 400
)

// types are the record types that the API has.
var types = []string{"A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"}

// validate says what is wrong with a set that is to be in the zone; empty if nothing is.
func (e *editing) validate(s *Set) string {
	switch {
	case !slices.Contains(types, s.Type):
		return fmt.Sprintf("Invalid Resource Record: '%s' is not a supported type", s.Type)
	case s.Name != e.zone.Name && !strings.HasSuffix(s.Name, "."+e.zone.Name):
		return fmt.Sprintf("RRSet with DNS name %s is not permitted in zone %s", s.Name, e.zone.Name)
	case s.Type == "CNAME" && s.Name == e.zone.Name:
		return fmt.Sprintf("RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s", s.Name, e.zone.Name)
	}
	if problem := e.conflict(s); problem != "" {
		return problem
	}
	if s.AliasTarget != nil {
		if s.TTL != nil || len(s.Values) > 0 {
			return fmt.Sprintf("Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found more than one in Change with [Action=CREATE, Name=%s, Type=%s, SetIdentifier=%s]",
				s.Name, s.Type, s.SetIdentifier)
		}
		return ""
	}
	if s.TTL == nil || len(s.Values) == 0 {
		return fmt.Sprintf("Invalid request: Missing field 'TTL' or 'ResourceRecords' in Change with [Action=CREATE, Name=%s, Type=%s, SetIdentifier=%s]", s.Name, s.Type, s.SetIdentifier)
	}
	if *s.TTL < 0 || *s.TTL > maxTTL {
		return fmt.Sprintf("Invalid TTL: %d", *s.TTL)
	}
	if len(s.Values) > maxSetValues {
		return fmt.Sprintf("Number of values limit of %d exceeded for the resource record set %s", maxSetValues, s.Name)
	}
	seen := map[string]bool{}
	for _, value := range s.Values {
		if problem := validValue(s.Type, value.Value); problem != "" {
			return fmt.Sprintf("Invalid Resource Record: FATAL problem: %s encountered with '%s'", problem, value.Value)
		}
		// Two values are the same if the records are, however they are typed.
		same := value.Value
		if rr, err := s.rr(value.Value); err == nil {
			same = rr.String()
		}
		if seen[same] {
			return fmt.Sprintf("Duplicate Resource Record: '%s'", value.Value)
		}
		seen[same] = true
	}
	if s.Type == "CNAME" && len(s.Values) > 1 {
		return fmt.Sprintf("Invalid request: The resource record set %s of type CNAME can have only one value", s.Name)
	}
	return ""
}

// conflict says which other set a set cannot stand beside.
func (e *editing) conflict(s *Set) string {
	for _, other := range e.sets {
		if other.Name != s.Name || other.sameKey(s) {
			continue
		}
		switch {
		case (s.Type == "CNAME") != (other.Type == "CNAME"):
			return fmt.Sprintf("RRSet of type %s with DNS name %s is not permitted as it conflicts with other records with the same DNS name in zone %s", s.Type, s.Name, e.zone.Name)
		case s.Type == other.Type && s.policy() != other.policy():
			return fmt.Sprintf("RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created as other RRSets exist with the same name and type.", s.Name, s.Type, s.SetIdentifier)
		}
	}
	return ""
}

// validValue says what is wrong with a value; empty if nothing is.
func validValue(recordType, value string) string {
	switch recordType {
	case "A", "AAAA":
		addr, err := netip.ParseAddr(value)
		if err != nil || addr.Is4() != (recordType == "A") {
			if recordType == "A" {
				return "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
			}
			return "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
		}
		return ""
	case "TXT", "SPF":
		return validText(value)
	}
	if rr, err := miekg.NewRR(". 0 IN " + recordType + " " + value); err != nil || rr == nil {
		return "UnparseableRRDATA (Value is not valid for this type)"
	}
	return ""
}

func validText(value string) string {
	strings, ok := readStrings(value)
	switch {
	case !ok:
		return "InvalidCharacterString (Value should be enclosed in quotation marks)"
	case len(value) > maxValue:
		return "InvalidTXTRDATA (Value is too long)"
	}
	for _, s := range strings {
		if len(s) > maxString {
			return "CharacterStringTooLong (Value is too long)"
		}
	}
	return ""
}

// readStrings reads the quoted strings of a text. A backslash and three octal digits are a byte.
func readStrings(value string) (found []string, ok bool) {
	var current []byte
	inside := false
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case !inside && c == '"':
			inside, current = true, nil
		case !inside && (c == ' ' || c == '\t'):
		case !inside:
			return nil, false
		case c == '"':
			inside, found = false, append(found, string(current))
		case c == '\\' && i+3 < len(value) && isOctal(value[i+1:i+4]):
			current = append(current, (value[i+1]-'0')<<6|(value[i+2]-'0')<<3|(value[i+3]-'0'))
			i += 3
		case c == '\\' && i+1 < len(value):
			current = append(current, value[i+1])
			i++
		default:
			current = append(current, c)
		}
	}
	return found, !inside && found != nil
}

func isOctal(digits string) bool {
	return digits[0] >= '0' && digits[0] <= '3' && strings.Trim(digits, "01234567") == ""
}
