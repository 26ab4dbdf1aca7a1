package check

import (
	"slices"
	"time"
)

// ReportVersion is the version of the form of a [Report] in JSON. Fields may be added to a version;
// none is renamed or removed.
const ReportVersion = 1

// Report is what a run found out about a domain.
type Report struct {
	// Version is [ReportVersion].
	Version int `json:"version"`
	// Domain is the domain, in its canonical spelling.
	Domain string `json:"domain"`
	// CheckedAt is when the run began, in UTC.
	CheckedAt time.Time `json:"checked_at"`
	// Seconds is how long the run took, and Questions how many questions it asked the DNS.
	Seconds   float64 `json:"seconds"`
	Questions int     `json:"questions"`
	// Answers is how many of the questions were answered, without those that only test whether the
	// resolver validates.
	Answers int `json:"answers"`
	// Results has one element for each check that was asked for, in the order of the catalogue.
	Results []Result `json:"results"`

	// Zone is the zone that holds the domain; nil if it was not looked for or not found.
	Zone *Zone `json:"zone,omitempty"`
	// MX are the hosts that receive the domain's mail, by preference.
	MX []MXHost `json:"mx,omitempty"`
	// SPF is the domain's SPF record with those that it includes; nil if there is none.
	SPF *SPFRecord `json:"spf,omitempty"`
	// DKIM are the keys of the selectors that were given.
	DKIM []DKIMKey `json:"dkim,omitempty"`
	// DMARC is the policy that counts for the domain; nil if there is none.
	DMARC *DMARCPolicy `json:"dmarc,omitempty"`
	// STS is the MTA-STS policy; nil if there is none.
	STS *STSPolicy `json:"mta_sts,omitempty"`
	// Certificates are those of the hosts that were connected to.
	Certificates []Certificate `json:"certificates,omitempty"`
}

// Zone is the zone that holds the domain.
type Zone struct {
	Apex        string   `json:"apex"`
	NameServers []string `json:"name_servers"`
	// Signed says that a resolver that validates has authenticated the zone.
	Signed bool `json:"signed"`
}

// MXHost is a host that receives mail.
type MXHost struct {
	Preference uint16   `json:"preference"`
	Host       string   `json:"host"`
	Addresses  []string `json:"addresses,omitempty"`
}

// SPFRecord is an SPF record in a tree of records.
type SPFRecord struct {
	// Domain is where the record is.
	Domain string `json:"domain"`
	// Text is the record, cut off if it is very long; "" if there is none.
	Text string `json:"text,omitempty"`
	// Lookups is the number of terms that cause DNS lookups, in this record and in all below it.
	// Receivers allow ten for the record of the domain.
	Lookups int `json:"lookups"`
	// AtLeast says that Lookups may be higher: something below could not be read, or was too much.
	AtLeast bool `json:"at_least,omitempty"`
	// Problem says why the record cannot be used, or why what is below was not followed; "" if all is
	// well.
	Problem string `json:"problem,omitempty"`
	// Terms are the record's mechanisms and modifiers. Long lists are cut off.
	Terms []SPFTerm `json:"terms,omitempty"`
}

// SPFTerm is a mechanism or modifier of an SPF record.
type SPFTerm struct {
	// Text is the term as it is written.
	Text string `json:"text"`
	// Lookups is the number of lookups that the term causes, those of the record below it included.
	Lookups int `json:"lookups"`
	// Void says that the term's lookup found nothing.
	Void bool `json:"void,omitempty"`
	// Record is the record that an include or a redirect leads to; nil for other terms, and where it
	// was not followed.
	Record *SPFRecord `json:"record,omitempty"`
}

// DKIMKey is the key of a selector.
type DKIMKey struct {
	Selector string `json:"selector"`
	// Aliases are the names that a CNAME at the selector leads to.
	Aliases []string `json:"aliases,omitempty"`
	// Type is "rsa", "ed25519", or what the record says; "" if there is no record.
	Type string `json:"type,omitempty"`
	// Bits is the length of the key; 0 if it could not be read.
	Bits int `json:"bits,omitempty"`
	// Revoked says that the key is empty, Testing that the record has t=y.
	Revoked bool `json:"revoked,omitempty"`
	Testing bool `json:"testing,omitempty"`
	// Problem says why the key cannot be used; "" if it can.
	Problem string `json:"problem,omitempty"`
}

// DMARCPolicy is the DMARC policy that counts for the domain.
type DMARCPolicy struct {
	// Domain is the domain whose record counts: the domain itself, its organizational domain, or a
	// public suffix.
	Domain string `json:"domain"`
	// Text is the record, cut off if it is very long.
	Text string `json:"text"`
	// Policy is what receivers do with mail of the domain that fails: "none", "quarantine" or
	// "reject". Testing (t=y) takes one step off.
	Policy  string `json:"policy"`
	Testing bool   `json:"testing,omitempty"`
	// Subdomains and Nonexistent are the policies for names below it.
	Subdomains  string `json:"subdomains,omitempty"`
	Nonexistent string `json:"nonexistent,omitempty"`
	// Reports are where aggregate reports go.
	Reports []string `json:"reports,omitempty"`
}

// STSPolicy is an MTA-STS policy.
type STSPolicy struct {
	// ID is that of the TXT record.
	ID string `json:"id,omitempty"`
	// Mode is "enforce", "testing" or "none"; "" if the policy could not be read.
	Mode string `json:"mode,omitempty"`
	// MX are the patterns of hosts.
	MX []string `json:"mx,omitempty"`
	// MaxAge is in seconds.
	MaxAge int64 `json:"max_age,omitempty"`
}

// Certificate is the certificate of a host.
type Certificate struct {
	// Host is the host's name, and Port where it shows the certificate.
	Host string `json:"host"`
	Port int    `json:"port"`
	// Issuer is the organization or name of the authority.
	Issuer string `json:"issuer"`
	// NotAfter is when it expires, and DaysLeft how many whole days that is from the run; negative if
	// it has expired.
	NotAfter time.Time `json:"not_after"`
	DaysLeft int       `json:"days_left"`
	// Problem says why clients refuse it; "" if they do not.
	Problem string `json:"problem,omitempty"`
}

// With returns the results that have one of the statuses, in order.
func (r Report) With(statuses ...Status) []Result {
	var found []Result
	for _, result := range r.Results {
		if slices.Contains(statuses, result.Status) {
			found = append(found, result)
		}
	}
	return found
}

// Result returns the result of a check; false if the check was not asked for.
func (r Report) Result(id string) (Result, bool) {
	for _, result := range r.Results {
		if result.ID == id {
			return result, true
		}
	}
	return Result{}, false
}

// Blind reports whether the run saw nothing at all: no check has an outcome but unknown or skip, or no
// question was answered. In the latter case, the outcomes are those of checks that judge only what was
// given as input.
func (r Report) Blind() bool {
	return len(r.With(Pass, Warn, Fail, Info)) == 0 || r.Questions > 0 && r.Answers == 0
}
