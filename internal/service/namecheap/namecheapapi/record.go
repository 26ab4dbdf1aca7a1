package namecheapapi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// What setHosts accepts, by its page and the SDK's documentation.
const (
	minTTL     = 60
	maxTTL     = 60000
	defaultTTL = 1799 // "automatic" in the web interface
	maxRecords = 150
	maxTXT     = 2500
)

// writableTypes are the record types that Apply creates.
var writableTypes = []string{"A", "AAAA", "ALIAS", "CAA", "CNAME", "FRAME", "MX", "NS", "TXT", "URL", "URL301"}

// keptTypes are the types that setHosts stores. A zone with another type would lose that record by
// any write.
var keptTypes = append(slices.Clone(writableTypes), "MXE")

// Email types: how Namecheap handles a domain's mail. With any but these two, it receives the mail
// itself.
const (
	emailNone    = "NONE"
	emailRecords = "MX" // the only type with which MX records are kept
)

// host is one record as the API shows it. It keeps everything that setHosts takes as it was read,
// so that it is written back unchanged.
type host struct {
	ID      string `xml:"HostId,attr"`
	Name    string `xml:"Name,attr"` // relative; "@" at the apex
	Type    string `xml:"Type,attr"`
	Address string `xml:"Address,attr"`
	MXPref  string `xml:"MXPref,attr"`
	TTL     string `xml:"TTL,attr"`
	Active  string `xml:"IsActive,attr"`
	Dynamic string `xml:"IsDDNSEnabled,attr"`
}

// zoneState is a zone as the API shows it, or as it will be.
type zoneState struct {
	apex      string
	emailType string
	hosts     []host
}

// position is the Native of a record: its place in the zone. HostIds cannot identify a record,
// because every write assigns new ones.
type position int

// snapshot converts the zone for package dns. began is when its reading began.
func (z *zoneState) snapshot(began time.Time) *dns.Snapshot {
	s := &dns.Snapshot{
		Zone:     dns.HostedZone{Apex: z.apex, ID: z.apex},
		Records:  make([]dns.Record, len(z.hosts)),
		Warnings: []string{"Namecheap's API neither shows SRV records nor says whether they survive a change of the zone: if there are any, look after the change whether they are still there."},
		Native:   z,
		Began:    began,
	}
	for i, h := range z.hosts {
		s.Records[i] = h.record(z.apex)
		s.Records[i].Native = position(i)
		s.Records[i].Off = strings.EqualFold(h.Active, "false")
		if s.Records[i].Off {
			s.Warnings = append(s.Warnings, fmt.Sprintf("The record %q is switched off. The API cannot say so when the zone is written: a change of the zone may switch it on.", s.Records[i]))
		}
		if strings.EqualFold(h.Dynamic, "true") {
			s.Warnings = append(s.Warnings, fmt.Sprintf("The record %q is kept up to date by dynamic DNS. The API cannot say so when the zone is written: a change of the zone may end that.", s.Records[i]))
		}
	}
	if z.mailHosted() {
		s.Mail = z.emailType
		s.MailHosted = fmt.Sprintf("%s (EmailType %s), which would end, because Namecheap keeps MX records only when the domain has no other mail setting.", z.mailService(), z.emailType)
	}
	return s
}

// mailHosted is whether Namecheap receives the domain's mail itself. An unknown type counts as
// such.
func (z *zoneState) mailHosted() bool {
	return z.emailType != "" && z.emailType != emailNone && z.emailType != emailRecords
}

// mailService says in a clause who receives the domain's mail.
func (z *zoneState) mailService() string {
	switch z.emailType {
	case "FWD":
		return "Namecheap forwards the mail of " + z.apex
	case "OX":
		return "Namecheap's Private Email takes the mail of " + z.apex
	case "GMAIL":
		return "Google Workspace, booked with Namecheap, takes the mail of " + z.apex
	case "MXE":
		return "the mail of " + z.apex + " goes to the address in its MXE record"
	}
	return "a mail service of Namecheap takes the mail of " + z.apex
}

// record converts a host.
func (h host) record(apex string) dns.Record {
	name := apex
	if h.Name != "@" && h.Name != "" {
		name = h.Name + "." + apex
	}
	r := dns.ShownRecord(name, h.Type, h.Address)
	r.ID, r.TTL = h.ID, defaultTTL
	if ttl, err := strconv.ParseUint(h.TTL, 10, 32); err == nil {
		r.TTL = uint32(ttl)
	}
	if preference, err := strconv.ParseUint(h.MXPref, 10, 16); err == nil && r.Type == "MX" {
		r.Priority = uint16(preference)
	}
	return r
}

// newHost returns the form in which a record is written.
func newHost(r dns.Record, apex string) host {
	h := host{Name: "@", Type: r.Type, Address: r.Value, MXPref: "10", TTL: strconv.Itoa(defaultTTL)}
	if r.Name != apex {
		h.Name = strings.TrimSuffix(r.Name, "."+apex)
	}
	if r.TTL != 0 {
		h.TTL = strconv.FormatUint(uint64(r.TTL), 10)
	}
	switch r.Type {
	case "MX":
		h.MXPref = strconv.FormatUint(uint64(r.Priority), 10)
		fallthrough
	case "ALIAS", "CNAME", "NS":
		// Namecheap silently drops an MX record whose target lacks the dot.
		h.Address += "."
	}
	return h
}

// splitDomain returns the two parts of a domain in the API: one label, and the public suffix below
// which it is registered.
func splitDomain(apex string) (label, suffix string) {
	label, suffix, _ = strings.Cut(apex, ".")
	return label, suffix
}
