package estate

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Version is the version of the form of an [Estate] in JSON. Fields may be added to a version; none
// is renamed or removed.
const Version = 1

// Estate is what a configuration has set up, and what a look at it has found. In JSON, it is what
// programs read.
type Estate struct {
	Version int `json:"version"`
	// LookedAt is when it was looked at, in UTC; zero before.
	LookedAt time.Time `json:"looked_at"`
	// FromPlan says that it was read from a plan. It is what existed when the plan was made.
	FromPlan bool `json:"from_plan,omitempty"`
	// Withheld is how many objects have attributes that were not read because the configuration
	// marks them as sensitive.
	Withheld int `json:"withheld,omitempty"`
	// Domains are sorted by name.
	Domains []*Domain `json:"domains"`

	byName map[string]*Domain
}

// Domain is a domain with all that the configuration has set up for it.
type Domain struct {
	// Name is the domain in its canonical spelling.
	Name string `json:"domain"`
	// Services are the services at which it is a mail domain or a sender domain.
	Services []string `json:"services"`
	// DNSHosts are the hosts at which records of it are published.
	DNSHosts []string `json:"dns_hosts"`
	// Mailboxes is the number of its mailboxes in the configuration; nil if it is no mail domain.
	Mailboxes *int `json:"mailboxes,omitempty"`
	// Keys are the DKIM keys that the configuration has made.
	Keys []Key `json:"dkim_keys,omitempty"`
	// Verifications has one element for each service that has verified the domain.
	Verifications []Verification `json:"verifications,omitempty"`
	// Certificates are those of the hosts that receive the domain's mail, or that are in it.
	Certificates []Certificate `json:"certificates,omitempty"`
	// Records are the published records: first those of the domain itself, then those of the names
	// below it.
	Records []*Record `json:"records"`
	// Check is the result of the checks; nil before they have run.
	Check *check.Report `json:"check,omitempty"`
	// CheckProblem says why the checks could not run.
	CheckProblem string `json:"check_problem,omitempty"`

	localParts []string
	sends      bool // a sender sends for it
}

// Key is a DKIM key that the configuration has made.
type Key struct {
	Selector string `json:"selector"`
	Type     string `json:"type"`
	Bits     int    `json:"bits"`
	// Since is the newest date in the key's keepers, which is when it was made if the keepers rotate
	// it; zero if they hold no date. The state does not hold when a key was made.
	Since time.Time `json:"since,omitzero"`
}

// Verification says that a service has verified the domain.
type Verification struct {
	Service string    `json:"service"`
	Valid   bool      `json:"valid"`
	At      time.Time `json:"at,omitzero"`
}

// Certificate is a certificate that the configuration manages, as of the last refresh.
type Certificate struct {
	Host   string `json:"host"`
	Issuer string `json:"issuer,omitempty"`
	// NotBefore is zero if it is not known.
	NotBefore time.Time `json:"not_before,omitzero"`
	NotAfter  time.Time `json:"not_after"`
	// DaysLeft is how many whole days it is valid from LookedAt on; negative if it has expired.
	DaysLeft int `json:"days_left"`
}

// Presence says whether a published record is in the DNS.
type Presence string

// The values of a Presence. These texts are in JSON and stay as they are.
const (
	Seen    Presence = "seen"    // every name server that answers has it
	Missing Presence = "missing" // a name server answers without it
	Unknown Presence = "unknown" // nobody could be asked
)

// Record is a record that the configuration has published.
type Record struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Value is as in the configuration, such as the text of a TXT record.
	Value string `json:"value"`
	// Priority is that of an MX record; nil for others.
	Priority *uint16 `json:"priority,omitempty"`
	// Presence is "unknown" until it is looked at.
	Presence Presence `json:"presence"`
	// Problem says what the name servers have instead, or why nobody could be asked.
	Problem string `json:"problem,omitempty"`

	zone string
	// besideSecret says that the configuration marks another record of the same record set as
	// sensitive, so that what the name servers have is not quoted.
	besideSecret bool
}

// Data returns the record's priority, if it has one, and its value.
func (r *Record) Data() string {
	if r.Priority == nil {
		return r.Value
	}
	return fmt.Sprint(*r.Priority, " ", r.Value)
}

// Read reads the output of `terraform show -json` of a state or a plan. Of a plan, it reads the state
// that the plan was made from, because that can be looked at.
func Read(from io.Reader) (*Estate, error) {
	s, err := readState(from)
	if err != nil {
		return nil, err
	}
	e := &Estate{Version: Version, FromPlan: s.plan, Withheld: s.withheld, Domains: []*Domain{}, byName: map[string]*Domain{}}
	e.addDomains(s)
	e.addRecords(s)
	e.addCertificates(s)
	for _, d := range e.Domains {
		d.sort()
	}
	slices.SortFunc(e.Domains, func(a, b *Domain) int { return strings.Compare(a.Name, b.Name) })
	return e, nil
}

// domain returns a domain, and adds it if it is not known.
func (e *Estate) domain(name string) *Domain {
	name = dns.FoldName(name)
	d := e.byName[name]
	if d == nil {
		d = &Domain{Name: name, Services: []string{}, DNSHosts: []string{}, Records: []*Record{}}
		e.byName[name] = d
		e.Domains = append(e.Domains, d)
	}
	return d
}

// above returns the domain that a name is in, the lowest if there are several; nil if there is none.
func (e *Estate) above(name string) *Domain {
	for rest, found := name, true; found; _, rest, found = strings.Cut(rest, ".") {
		if d := e.byName[rest]; d != nil {
			return d
		}
	}
	return nil
}

// serviceOf returns the service in an id, such as "sendgrid/45373692".
func serviceOf(id string) string {
	service, _, _ := strings.Cut(id, "/")
	return service
}

func (e *Estate) addDomains(s *state) {
	owners := map[string]*Domain{} // by the id of what the service knows
	join := func(id, name string) *Domain {
		if name == "" {
			return nil
		}
		d := e.domain(name)
		owners[id] = d
		if service := serviceOf(id); service != "" && !slices.Contains(d.Services, service) {
			d.Services = append(d.Services, service)
		}
		return d
	}
	// known finds the domain of an id. The id of a mail domain ends with its name, so that a mailbox
	// whose domain is in another configuration is found too.
	known := func(id string) *Domain {
		if d := owners[id]; d != nil {
			return d
		}
		if service, name, found := strings.Cut(id, "/"); found && strings.Contains(name, ".") && service != "" {
			return join(id, name)
		}
		return nil
	}
	for _, m := range s.mailDomains {
		d := join(m.ID, m.Domain)
		if d == nil {
			continue
		}
		if d.Mailboxes == nil {
			d.Mailboxes = new(int)
		}
		if m.FirstAccount != nil {
			d.addMailbox(m.FirstAccount.LocalPart)
		}
	}
	for _, m := range s.senderDomains {
		if d := join(m.ID, m.Domain); d != nil {
			d.sends = true
		}
	}
	for _, u := range s.mailUsers {
		if d := known(u.MailDomainID); d != nil {
			d.addMailbox(u.LocalPart)
		}
	}
	for _, k := range s.keys {
		if d := known(k.MailDomainID); d != nil {
			d.Keys = append(d.Keys, Key{Selector: k.Selector, Type: k.KeyType, Bits: k.KeyBits, Since: since(k.Keepers)})
		}
	}
	for _, v := range s.verifications {
		if d := known(v.DomainID); d != nil && v.Valid != nil {
			d.Verifications = append(d.Verifications, Verification{Service: serviceOf(v.DomainID), Valid: *v.Valid, At: timeOf(v.VerifiedAt)})
		}
	}
}

func (d *Domain) addMailbox(localPart string) {
	if localPart == "" || slices.Contains(d.localParts, localPart) {
		return
	}
	d.localParts = append(d.localParts, localPart)
	if d.Mailboxes == nil {
		d.Mailboxes = new(int)
	}
	*d.Mailboxes++
}

func (e *Estate) addRecords(s *state) {
	hosts := map[string]string{} // by id of the authorization
	for _, a := range s.authorizations {
		hosts[a.ID] = a.Provider
		if published := slices.ContainsFunc(s.records, func(r publishedRecords) bool { return r.AuthorizationID == a.ID && len(r.Published) > 0 }); published && a.Domain != "" {
			e.domain(a.Domain)
		}
	}
	for _, set := range s.records {
		host := cmp.Or(hosts[set.AuthorizationID], serviceOf(set.AuthorizationID))
		for _, published := range set.Published {
			if published.Name == "" || published.Type == "" || published.Value == nil {
				continue // it is marked as sensitive
			}
			r := &Record{Name: dns.FoldName(published.Name), Type: strings.ToUpper(published.Type), Value: *published.Value, Priority: published.Priority, Presence: Unknown, zone: dns.FoldName(set.Zone)}
			r.besideSecret = s.secrets.hasRecordsAt(r.Name, r.Type)
			d := e.above(r.Name)
			if d == nil {
				d = e.domain(cmp.Or(r.zone, r.Name))
			}
			d.Records = append(d.Records, r)
			if host != "" && !slices.Contains(d.DNSHosts, host) {
				d.DNSHosts = append(d.DNSHosts, host)
			}
		}
	}
}

// addCertificates adds each certificate to the domains whose mail its host receives. If there are
// none, it belongs to the domain that the host is in.
func (e *Estate) addCertificates(s *state) {
	for _, c := range s.certificates {
		host := dns.FoldName(c.Hostname)
		if host == "" || timeOf(c.NotAfter).IsZero() {
			continue // it is marked as sensitive
		}
		certificate := Certificate{Host: host, Issuer: c.Issuer, NotBefore: timeOf(c.NotBefore), NotAfter: timeOf(c.NotAfter)}
		var served []*Domain
		for _, d := range e.Domains {
			if slices.ContainsFunc(d.Records, func(r *Record) bool { return r.Type == "MX" && dns.FoldName(r.Value) == host }) {
				served = append(served, d)
			}
		}
		if served == nil {
			d := e.above(host)
			if d == nil {
				d = e.domain(host)
			}
			served = append(served, d)
		}
		for _, d := range served {
			d.Certificates = append(d.Certificates, certificate)
		}
	}
}

// sort puts everything in an order that does not depend on the state's.
func (d *Domain) sort() {
	slices.Sort(d.Services)
	slices.Sort(d.DNSHosts)
	slices.SortFunc(d.Keys, func(a, b Key) int { return strings.Compare(a.Selector, b.Selector) })
	slices.SortFunc(d.Verifications, func(a, b Verification) int { return strings.Compare(a.Service, b.Service) })
	slices.SortFunc(d.Certificates, func(a, b Certificate) int { return strings.Compare(a.Host, b.Host) })
	slices.SortFunc(d.Records, func(a, b *Record) int {
		return cmp.Or(cmp.Compare(strings.Count(a.Name, "."), strings.Count(b.Name, ".")),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Data(), b.Data()))
	})
	d.joinSPF()
}

// Verified reports whether all services that have an opinion have verified the domain, and when the
// last of them did; known is false if none has one.
func (d *Domain) Verified() (valid, known bool, at time.Time) {
	valid = true
	for _, v := range d.Verifications {
		known, valid = true, valid && v.Valid
		if v.At.After(at) {
			at = v.At
		}
	}
	return valid && known, known, at
}

// Records returns those of all domains.
func (e *Estate) Records() []*Record {
	var all []*Record
	for _, d := range e.Domains {
		all = append(all, d.Records...)
	}
	return all
}

// MainCause says why most could not be looked at.
func (e *Estate) MainCause() string {
	most, found := 0, "the look did not begin"
	for _, f := range e.Findings() {
		if n := (1 + len(f.Also)) * len(f.Domains); f.Status == check.Unknown && n > most {
			most, found = n, cmp.Or(f.Cause, f.Found)
		}
	}
	return found
}

// Blind reports whether a look saw nothing of what there is to see: no record, and no check with an
// outcome. Where there is neither a record nor a check to look at, it saw all.
func (e *Estate) Blind() bool {
	looked := false
	for _, d := range e.Domains {
		if slices.ContainsFunc(d.Records, func(r *Record) bool { return r.Presence != Unknown }) || d.Check != nil && !d.Check.Blind() {
			return false
		}
		looked = looked || len(d.Records) > 0 || d.Check != nil || d.CheckProblem != ""
	}
	return looked
}
