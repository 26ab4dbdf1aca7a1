package zone

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// mailSet is a part of a domain's mail records that one resource manages, such as its MX records.
type mailSet struct {
	// Label identifies the set within the domain, such as "mail-mx" or "mail-dkim-s1".
	Label   string
	Records []dns.Record
}

// Labels of mail sets. The label of a set of DKIM records has the selector behind the prefix.
const (
	mailSetMX      = "mail-mx"
	mailSetSPF     = "mail-spf"
	mailSetDKIM    = "mail-dkim-"
	mailSetDMARC   = "mail-dmarc"
	mailSetMTASTS  = "mail-mta-sts"
	mailSetTLSRPT  = "mail-tls-rpt"
	mailSetBIMI    = "mail-bimi"
	mailSetClients = "mail-clients"
)

// mailSetOrder are the labels in the order of lists.
var mailSetOrder = []string{mailSetMX, mailSetSPF, mailSetDKIM, mailSetDMARC, mailSetMTASTS, mailSetTLSRPT, mailSetBIMI, mailSetClients}

// mailClientNames are the names, below the domain, of the records by which mail clients find the
// servers: autoconfig of Thunderbird, autodiscover of Outlook, and the services of RFC 6186, RFC
// 6764, RFC 8314 and RFC 8620.
var mailClientNames = []string{
	"autoconfig", "autodiscover", "_autodiscover._tcp",
	"_submission._tcp", "_submissions._tcp", "_imap._tcp", "_imaps._tcp", "_pop3._tcp", "_pop3s._tcp", "_jmap._tcp", "_sieve._tcp",
	"_caldav._tcp", "_caldavs._tcp", "_carddav._tcp", "_carddavs._tcp",
}

// textTypes are the types of records that hold a text, or refer to another name that does.
var textTypes = []string{"TXT", "CNAME"}

// addressTypes are the types of records that lead to a web server.
var addressTypes = []string{"A", "AAAA", "CNAME"}

// mailSetLabels lists the labels, for documentation and messages.
func mailSetLabels() string {
	labels := make([]string, len(mailSetOrder))
	for i, label := range mailSetOrder {
		if label == mailSetDKIM {
			label += "SELECTOR"
		}
		labels[i] = "`" + label + "`"
	}
	return strings.Join(labels, ", ")
}

// isMailSetLabel reports whether a text is the label of a mail set.
func isMailSetLabel(text string) bool {
	if selector, is := strings.CutPrefix(text, mailSetDKIM); is {
		return selector != ""
	}
	return slices.Contains(mailSetOrder, text)
}

// mailSetLabel returns the label of the set that a record belongs to, or "" if it is no mail record
// of the domain. A record that the host hides behind its own answers does not count: it does not
// reach mail servers as it stands in the zone.
func mailSetLabel(domain string, r dns.Record) string {
	if r.Proxied || r.Flattened {
		return ""
	}
	if r.Name == domain {
		switch {
		case r.Type == "MX":
			return mailSetMX
		case r.Type == "TXT" && mailrecord.IsSPF(r.Value):
			return mailSetSPF
		}
		return ""
	}
	below, is := strings.CutSuffix(r.Name, "."+domain)
	if !is {
		return ""
	}
	text := slices.Contains(textTypes, r.Type)
	if selector, is := strings.CutSuffix(below, "._domainkey"); is && text {
		return mailSetDKIM + selector
	}
	switch {
	case below == "_dmarc" && text:
		return mailSetDMARC
	case below == "_mta-sts" && text, below == "mta-sts" && slices.Contains(addressTypes, r.Type):
		return mailSetMTASTS
	case below == "_smtp._tls" && text:
		return mailSetTLSRPT
	case strings.HasSuffix(below, "._bimi") && text:
		return mailSetBIMI
	case slices.Contains(mailClientNames, below) && (r.Type == "SRV" || r.Type == "TXT" || slices.Contains(addressTypes, r.Type)):
		return mailSetClients
	}
	return ""
}

// mailSets returns the mail records of a domain as sets. They are in the order of their labels, and
// the DKIM selectors in alphabetical order.
func mailSets(domain string, records []dns.Record) []mailSet {
	byLabel := map[string]*mailSet{}
	var sets []*mailSet
	for _, r := range records {
		label := mailSetLabel(domain, r)
		if label == "" {
			continue
		}
		set := byLabel[label]
		if set == nil {
			set = &mailSet{Label: label}
			byLabel[label] = set
			sets = append(sets, set)
		}
		set.Records = append(set.Records, r)
	}
	slices.SortFunc(sets, func(a, b *mailSet) int {
		return cmp.Or(cmp.Compare(a.place(), b.place()), strings.Compare(a.Label, b.Label))
	})
	sorted := make([]mailSet, len(sets))
	for i, set := range sets {
		slices.SortFunc(set.Records, func(a, b dns.Record) int {
			return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type), cmp.Compare(a.Priority, b.Priority), strings.Compare(a.Value, b.Value))
		})
		sorted[i] = *set
	}
	return sorted
}

// place returns the place of the set's label in the order of labels.
func (s mailSet) place() int {
	if strings.HasPrefix(s.Label, mailSetDKIM) {
		return slices.Index(mailSetOrder, mailSetDKIM)
	}
	return slices.Index(mailSetOrder, s.Label)
}

// keyed returns the set's records with a key for each, as a configuration has them. The keys do not
// depend on the order in which the host lists the records.
func (s mailSet) keyed(domain string) map[string]dns.Record {
	keyed := make(map[string]dns.Record, len(s.Records))
	for _, r := range s.Records {
		key := strings.ToLower(r.Type)
		switch {
		case r.Type == "MX":
			key = r.Value
		case s.Label == mailSetClients, s.Label == mailSetBIMI, s.Label == mailSetMTASTS:
			key = strings.TrimSuffix(r.Name, "."+domain) + " " + key
		}
		for taken, twin := key, 2; ; twin++ {
			if _, is := keyed[key]; !is {
				break
			}
			key = taken + " " + strconv.Itoa(twin)
		}
		keyed[key] = r
	}
	return keyed
}

// mailNames returns the names below a domain that can have mail records, apart from DKIM and BIMI
// selectors, which only the whole zone tells. It is for hosts that read names and not zones.
func mailNames(domain string) []string {
	names := []string{domain}
	for _, below := range append([]string{"_dmarc", "_mta-sts", "mta-sts", "_smtp._tls", "default._bimi"}, mailClientNames...) {
		names = append(names, below+"."+domain)
	}
	return names
}

// services returns the known mail services that the set's records point to, sorted. It is empty
// rather than nil if there are none.
func (s mailSet) services() []string {
	names := []string{}
	for _, r := range s.Records {
		switch {
		case r.Type == "MX" || r.Type == "CNAME":
			names = append(names, r.Value)
		case s.Label == mailSetSPF:
			names = append(names, spfIncludes(r.Value)...)
		}
	}
	return mailrecord.ServicesOf(names)
}

// spfIncludes returns the domains that an SPF record includes. It returns none for a record that
// cannot be read.
func spfIncludes(text string) []string {
	record, err := mailrecord.ParseSPF(text)
	if err != nil {
		return nil
	}
	var domains []string
	for _, term := range record.Terms {
		if term.Name == "include" || term.Name == "redirect" {
			domains = append(domains, term.Value)
		}
	}
	return domains
}

// importID returns the import ID of the set as a postmaster_dns_records.
func (s mailSet) importID(authorization AuthorizationID) string {
	return authorization.String() + "#" + s.Label
}
