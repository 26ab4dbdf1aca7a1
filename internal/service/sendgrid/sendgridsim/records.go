package sendgridsim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

const (
	mailHost   = "mx.sendgrid.net"
	preference = "10"
	// includeAll is what the SPF record of any sender may include.
	includeAll = "sendgrid.net"
)

// purposeOfMail is the purpose of the CNAME for sending mail with automatic security.
const purposeOfMail = "mail_cname"

// record is a record that a domain needs.
type record struct {
	purpose string // as "dns" in answers names it
	kind    string // "CNAME", "MX", "TXT"
	host    string
	data    string
}

// records returns the records to publish for a domain, in a fixed order.
func (d *Domain) records() []record {
	owner, _ := userNamed(d.Owner)
	host := d.Subdomain + "." + d.Domain
	if d.AutomaticSecurity {
		target := owner.target(d.Target)
		first, second := "s1", "s2"
		if d.Selector != "" {
			first, second = d.Selector, d.Selector+"2"
		}
		return []record{
			{purposeOfMail, "CNAME", host, target},
			{"dkim1", "CNAME", first + "._domainkey." + d.Domain, first + ".domainkey." + target},
			{"dkim2", "CNAME", second + "._domainkey." + d.Domain, second + ".domainkey." + target},
		}
	}
	selector := "m1"
	if d.Selector != "" {
		selector = d.Selector
	}
	needed := []record{
		{"mail_server", "MX", host, mailHost},
		{"subdomain_spf", "TXT", host, "v=spf1 include:" + includeAll + " ~all"},
		{"dkim", "TXT", selector + "._domainkey." + d.Domain, "k=rsa; t=s; p=" + publicKey(fmt.Sprintf("domain %d", d.ID))},
	}
	if d.CustomSPF {
		needed[1].data = "v=spf1 " + d.senders() + "-all"
		needed = append(needed, record{"domain_spf", "TXT", d.Domain, "v=spf1 include:" + host + " -all"})
	}
	return needed
}

// senders are the mechanisms of a custom SPF record, each followed by a space.
func (d *Domain) senders() string {
	if len(d.IPs) == 0 {
		return "include:" + includeAll + " "
	}
	var b strings.Builder
	for _, ip := range d.IPs {
		mechanism := "ip4:"
		if strings.Contains(ip, ":") {
			mechanism = "ip6:"
		}
		b.WriteString(mechanism + ip + " ")
	}
	return b.String()
}

// target is the host name for a user's mail.
func (u user) target(region string) string {
	zone := "sendgrid.net"
	if region == regionEU {
		zone = "eu." + zone
	}
	return fmt.Sprintf("u%d.wl%03d.%s", u.id, u.id%1000, zone)
}

// satisfied is whether one of the found records serves the purpose of the record.
func (r record) satisfied(found []string) bool {
	switch {
	case r.kind == "CNAME":
		return slices.ContainsFunc(found, func(data string) bool { return sameName(data, r.data) })
	case r.kind == "MX":
		return slices.ContainsFunc(found, func(data string) bool {
			fields := strings.Fields(data)
			return len(fields) == 2 && sameName(fields[1], r.data)
		})
	case strings.HasPrefix(r.data, "v=spf1 "):
		return r.includedIn(found)
	}
	return slices.ContainsFunc(found, func(data string) bool { return withoutSpaces(data) == withoutSpaces(r.data) })
}

// includedIn is whether there is one SPF record, and it has all mechanisms of r except the last
// one, "all".
func (r record) includedIn(found []string) bool {
	var policies []string
	for _, text := range found {
		if version, _, _ := strings.Cut(text, " "); strings.EqualFold(version, "v=spf1") {
			policies = append(policies, text)
		}
	}
	if len(policies) != 1 {
		return false
	}
	has := strings.Fields(strings.ToLower(policies[0]))
	wanted := strings.Fields(r.data)
	for _, mechanism := range wanted[:len(wanted)-1] {
		if !slices.Contains(has, mechanism) {
			return false
		}
	}
	return true
}

// missing is the API's reason for a record that was not found or differs.
func (r record) missing(found []string) string {
	if len(found) == 0 {
		return fmt.Sprintf("Expected %s for %q to match %q.", r.kind, r.host, r.data)
	}
	return fmt.Sprintf("Expected %s for %q to match %q but found %q.", r.kind, r.host, r.data, strings.Join(found, ", "))
}

func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

func withoutSpaces(text string) string { return strings.Join(strings.Fields(text), "") }

// publicKey returns an invented key, the same for the same seed.
func publicKey(seed string) string { return simulation.PublicKey("sendgrid " + seed) }
