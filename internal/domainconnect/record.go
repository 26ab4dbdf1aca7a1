package domainconnect

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// typeError is the error of a record type that is not for a zone of the DNS.
type typeError struct{ reason string }

func (e *typeError) Error() string { return e.reason }

// extensions are types that are no records of a zone, but that some DNS hosts offer.
var extensions = map[string]string{
	"APEXCNAME": "it is not a record of the DNS, but a special service of some DNS hosts; publish the addresses of the target in A and AAAA records, or use what your host has instead, such as ALIAS",
	"REDIR301":  "it is not a record of the DNS, but a web server that some DNS hosts offer; redirect the name at a web server of yours",
	"REDIR302":  "it is not a record of the DNS, but a web server that some DNS hosts offer; redirect the name at a web server of yours",
	"NS1":       "it changes the name servers of the domain, which only its registrar can do",
	"NS2":       "it changes the name servers of the domain, which only its registrar can do",
	"DS":        "it belongs in the zone above the domain, where only its registrar can write it",
}

// hostsOwn are the types that a DNS host writes by itself.
var hostsOwn = []string{"SOA", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "CDS", "CDNSKEY"}

// record returns a record of the template as it is published.
func (a Application) record(r TemplateRecord) (entry, error) {
	recordType, err := publishedType(r.Type)
	if err != nil {
		return entry{}, err
	}
	if _, err := a.expandNumber(r.TTL, false); err != nil {
		return entry{}, fmt.Errorf("ttl: %w", err)
	}
	if err := r.misplaced(); err != nil {
		return entry{}, err
	}
	owner, err := a.owner(r)
	if err != nil {
		return entry{}, err
	}
	value, priority, err := a.value(r)
	if err != nil {
		return entry{}, err
	}
	made, err := dns.NewRecord(owner, recordType, value)
	if err != nil {
		return entry{}, err
	}
	made.Priority = priority
	if made.Name == a.Domain && (r.Type == "CNAME" || r.Type == "NS") {
		return entry{}, fmt.Errorf("the domain itself, %s, cannot have a %s record of a template; apply the template to a host below it", a.Domain, r.Type)
	}
	return entry{Record: made, rules: r.Type == "SPFM"}, nil
}

// publishedType returns the type of the DNS record for a type of a template.
func publishedType(templateType string) (string, error) {
	if templateType == "SPFM" {
		return "TXT", nil
	}
	if reason := extensions[templateType]; reason != "" {
		return "", &typeError{reason}
	}
	code, known := miekg.StringToType[templateType]
	if number, generic := strings.CutPrefix(templateType, "TYPE"); generic && !known {
		parsed, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return "", &typeError{fmt.Sprintf("%q is not a type of DNS records", templateType)}
		}
		code, known = uint16(parsed), true
	}
	name := miekg.Type(code).String()
	switch {
	case !known || code == 0 || code >= 128 && code < 256 || code == miekg.TypeOPT:
		return "", &typeError{fmt.Sprintf("%q is not a type of DNS records", templateType)}
	case extensions[name] != "":
		return "", &typeError{extensions[name]}
	case slices.Contains(hostsOwn, name):
		return "", &typeError{"such records are written by the DNS host itself"}
	}
	return name, nil
}

// misplaced refuses the name of a record in the field of another type. It would be ignored, and the
// record would end up at the domain itself.
func (r TemplateRecord) misplaced() error {
	switch {
	case r.Type == "SRV" && r.Host.given && !r.Name.given:
		return errors.New("host: an SRV record has its name in the field name")
	case r.Type != "SRV" && r.Name.given && !r.Host.given:
		return fmt.Errorf("name: a record of type %s has its name in the field host", r.Type)
	}
	return nil
}

// owner returns the absolute name of a record.
func (a Application) owner(r TemplateRecord) (string, error) {
	host, err := a.expand(r.host())
	if err != nil {
		return "", fmt.Errorf("host: %w", err)
	}
	owner := a.fqdn()
	switch absolute, isAbsolute := strings.CutSuffix(host, "."); {
	case host == "", host == "@":
	case strings.EqualFold(host, a.Domain) || strings.HasSuffix(strings.ToLower(host), "."+a.Domain):
		return "", fmt.Errorf("host: %q ends in the domain, which is added to it once more; a whole name ends in a dot: %q", host, host+".")
	case isAbsolute:
		owner = absolute
	default:
		owner = below(host, owner)
	}
	if r.Type == "SRV" {
		prefix, err := a.srvPrefix(r)
		if err != nil {
			return "", err
		}
		owner = below(prefix, owner)
	}
	canonical, err := dns.Canonical(owner)
	switch {
	case err != nil:
		return "", fmt.Errorf("host: %w", err)
	case canonical != a.Domain && !strings.HasSuffix(canonical, "."+a.Domain):
		return "", fmt.Errorf("host: %q is not below %s", host, a.Domain)
	}
	return canonical, nil
}

// srvPrefix returns what an SRV record has in front of its name, such as _imaps._tcp.
func (a Application) srvPrefix(r TemplateRecord) (string, error) {
	protocol, err := a.expand(r.Protocol.value)
	if err != nil {
		return "", fmt.Errorf("protocol: %w", err)
	}
	protocol = strings.ToLower(strings.TrimPrefix(protocol, "_"))
	if !slices.Contains([]string{"tcp", "udp", "tls"}, protocol) {
		return "", fmt.Errorf("protocol: %q is none of tcp, udp, tls", protocol)
	}
	service, err := a.expand(r.Service.value)
	switch {
	case err != nil:
		return "", fmt.Errorf("service: %w", err)
	case service == "":
		return "", errors.New("service: it is missing")
	}
	return "_" + strings.TrimPrefix(service, "_") + "._" + protocol, nil
}

// value returns the value of a record, in presentation format, and the preference of an MX record.
func (a Application) value(r TemplateRecord) (value string, priority uint16, err error) {
	switch r.Type {
	case "A", "AAAA":
		value, err = a.needed("pointsTo", r.PointsTo)
	case "CNAME", "NS":
		value, err = a.target("pointsTo", r.PointsTo)
		if err == nil && r.Type == "NS" && r.PointsTo.value == "@" {
			err = errors.New("pointsTo: the name servers of a name cannot be at the name itself")
		}
	case "MX":
		if value, err = a.target("pointsTo", r.PointsTo); err == nil {
			priority, err = a.number("priority", r.Priority)
		}
	case "SRV":
		value, err = a.srv(r)
	case "TXT":
		if !r.Data.given {
			err = errors.New("data: it is missing")
			break
		}
		if r.Data.value != "" { // a template may ask for an empty text, but a variable that is empty was forgotten
			value, err = a.needed("data", r.Data)
		}
	case "SPFM":
		value, err = a.needed("spfRules", r.SPFRules)
	default:
		if value, err = a.needed("data", r.Data); err == nil && value == "@" {
			err = fmt.Errorf("data: \"@\" is not the data of a %s record", r.Type)
		}
	}
	return value, priority, err
}

// needed expands a field that may not be empty.
func (a Application) needed(name string, field Text) (string, error) {
	value, err := a.expand(field.value)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", name, err)
	case value == "" && field.value != "":
		return "", fmt.Errorf("%s: %q becomes empty", name, field.value)
	case value == "":
		return "", fmt.Errorf("%s: it is missing", name)
	}
	return value, nil
}

// target expands a field that names a host, in which "@" stands for the name that the template is
// applied to. The name is complete, with or without a dot at its end.
func (a Application) target(name string, field Text) (string, error) {
	value, err := a.needed(name, field)
	if err != nil {
		return "", err
	}
	if value == "@" {
		return a.fqdn(), nil
	}
	if value == dns.NullTarget {
		return value, nil
	}
	canonical, err := dns.Canonical(value)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return canonical, nil
}

// number expands a field that is a number of 16 bits.
func (a Application) number(name string, field Text) (uint16, error) {
	digits, err := a.expandNumber(field, true)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	number, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%s: %q is not a number from 0 to 65535", name, digits)
	}
	return uint16(number), nil
}

func (a Application) srv(r TemplateRecord) (string, error) {
	var numbers []any
	for _, field := range []struct {
		name string
		Text
	}{{"priority", r.Priority}, {"weight", r.Weight}, {"port", r.Port}} {
		number, err := a.number(field.name, field.Text)
		if err != nil {
			return "", err
		}
		numbers = append(numbers, number)
	}
	target, err := a.target("target", r.Target)
	if err != nil {
		return "", err
	}
	if numbers[2] == uint16(0) && target != dns.NullTarget {
		return "", fmt.Errorf("port: nothing can be reached at port 0 of %s; only a service that is not offered has this port, with the target %q", target, dns.NullTarget)
	}
	return fmt.Sprintf("%d %d %d ", numbers...) + strings.TrimSuffix(target, ".") + ".", nil
}
