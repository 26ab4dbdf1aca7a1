package mailrecord

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MailServices are the services by which mail programs find their servers (RFC 6186, RFC 8314), as
// SRV records name them.
var MailServices = []string{"imap", "imaps", "pop3", "pop3s", "submission", "submissions"}

// mailServices are the facts about each of MailServices.
var mailServices = map[string]struct {
	port     uint16
	priority int // the lowest is the one that a program should use, among IMAP and POP (RFC 6186 section 3.4)
}{
	"imap": {143, 0}, "imaps": {993, 0}, "pop3": {110, 10}, "pop3s": {995, 10}, "submission": {587, 0}, "submissions": {465, 0},
}

// BuildMailSRV builds the SRV records of all mail services of a domain, which is in the form of
// [ASCIIDomain], by keys such as "srv-imaps". hosts has the server of each service that the domain
// offers, with or without a port. The records of all others say that the service is not offered,
// so that programs do not search for it. The error names each service that is wrong.
func BuildMailSRV(domain string, hosts map[string]string) (map[string]Record, error) {
	if len(hosts) == 0 {
		return nil, fmt.Errorf("no service is given: %s", strings.Join(MailServices, ", "))
	}
	var wrong faults
	records := map[string]Record{}
	for _, service := range MailServices {
		facts := mailServices[service]
		value := "0 0 0 ."
		if server, given := hosts[service]; given {
			host, port, err := serverName(server, facts.port)
			if err == nil {
				err = checkMailPort(service, port)
			}
			wrong.wrap(service, err)
			value = fmt.Sprintf("%d 1 %d %s.", facts.priority, port, host)
		}
		records["srv-"+service] = Record{Name: "_" + service + "._tcp." + domain, Type: "SRV", Value: value}
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return records, nil
}

// checkMailPort refuses the well-known port of another service.
func checkMailPort(service string, port uint16) error {
	for _, other := range MailServices {
		if other != service && mailServices[other].port == port {
			return fmt.Errorf("port %d is that of %s", port, other)
		}
	}
	if port == 25 {
		return errors.New("port 25 is for mail between servers, and not for mail programs")
	}
	return nil
}

// serverName reads "host" or "host:port".
func serverName(server string, usualPort uint16) (host string, port uint16, err error) {
	name, digits, hasPort := strings.Cut(server, ":")
	port = usualPort
	if hasPort && !strings.Contains(digits, ":") && !strings.HasPrefix(digits, "//") {
		number, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || number == 0 {
			return "", 0, fmt.Errorf("%q is not a port from 1 to 65535", digits)
		}
		port, server = uint16(number), name
	}
	host, err = ASCIIHost(server)
	return host, port, err
}

// BuildAutodiscover returns the SRV record by which Outlook finds the settings of a domain's
// mailboxes at a host, with or without a port. The domain is in the form of [ASCIIDomain].
func BuildAutodiscover(domain, server string) (Record, error) {
	host, port, err := serverName(server, 443)
	if err != nil {
		return Record{}, err
	}
	return Record{Name: "_autodiscover._tcp." + domain, Type: "SRV", Value: fmt.Sprintf("0 0 %d %s.", port, host)}, nil
}
