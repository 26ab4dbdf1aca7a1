package sendgrid

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Domain is an authenticated domain.
//
// The API never returns the region that a domain was created for, nor the DKIM
// selector that was asked for: see [Client.Region] and [Domain.CustomDKIMSelector].
type Domain struct {
	ID        int64
	UserID    int64
	Subdomain string // the label or labels before Domain that mail is sent from
	Domain    string
	Username  string   // of the account or subuser that it belongs to
	IPs       []string // may come back empty although some were set
	CustomSPF bool
	Default   bool // used for mail whose From matches no domain
	Legacy    bool // made by a tool of SendGrid that is no more; it works, but cannot be changed
	// AutomaticSecurity: SendGrid keeps SPF and DKIM itself, behind three CNAMEs.
	AutomaticSecurity bool
	Valid             bool // when SendGrid last looked
	Records           map[string]Record
	Subusers          []string  // who may send with it beside its owner
	LastValidation    time.Time // zero: never asked for, or not said
}

// Record is a DNS record that SendGrid wants to be published, found in
// [Domain.Records] under its purpose, such as "mail_cname" or "dkim1".
type Record struct {
	Type     string // in upper case: "CNAME", "MX", "TXT"
	Name     string // absolute, without trailing dot
	Data     string // the target without trailing dot, or a text without quotes
	Priority uint16 // of an MX record, else 0
	Valid    bool   // when SendGrid last looked
}

// defaultPriority is the preference of an MX record for which SendGrid names none.
const defaultPriority = 10

// CustomDKIMSelector is the selector that was asked for when the domain was
// created, read from the names of its DKIM records: "" if it is SendGrid's own
// choice, which has two characters ("s1", "m1") where a custom one has three.
func (d Domain) CustomDKIMSelector() string {
	for _, purpose := range []string{"dkim1", "dkim"} {
		selector, _, found := strings.Cut(d.Records[purpose].Name, "._domainkey.")
		if found && len(selector) == customSelectorLength {
			return selector
		}
	}
	return ""
}

const customSelectorLength = 3

// Validation is what SendGrid found in the DNS.
type Validation struct {
	Valid   bool
	Results map[string]Result // by purpose, as Domain.Records
}

// Result is what SendGrid found of one record.
type Result struct {
	Valid  bool   `json:"valid"`
	Reason string `json:"reason"` // why not, in SendGrid's words
}

// wireDomain is a domain in JSON. Numbers are integers in all answers seen.
type wireDomain struct {
	ID                int64           `json:"id"`
	UserID            int64           `json:"user_id"`
	Subdomain         string          `json:"subdomain"`
	Domain            string          `json:"domain"`
	Username          string          `json:"username"`
	IPs               []string        `json:"ips"`
	CustomSPF         bool            `json:"custom_spf"`
	Default           bool            `json:"default"`
	Legacy            bool            `json:"legacy"`
	AutomaticSecurity bool            `json:"automatic_security"`
	Valid             bool            `json:"valid"`
	DNS               json.RawMessage `json:"dns"`
	Subusers          []struct {
		Username string `json:"username"`
	} `json:"subusers"`
	LastValidation int64 `json:"last_validation_attempt_at"`
}

type wireRecord struct {
	Valid bool   `json:"valid"`
	Type  string `json:"type"`
	Host  string `json:"host"`
	Data  string `json:"data"`
}

// UnmarshalJSON reads a domain of any answer.
func (d *Domain) UnmarshalJSON(text []byte) error {
	var w wireDomain
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	*d = Domain{
		ID: w.ID, UserID: w.UserID, Subdomain: w.Subdomain, Domain: plainName(w.Domain), Username: w.Username, IPs: w.IPs,
		CustomSPF: w.CustomSPF, Default: w.Default, Legacy: w.Legacy, AutomaticSecurity: w.AutomaticSecurity, Valid: w.Valid,
		Records: map[string]Record{},
	}
	for _, s := range w.Subusers {
		d.Subusers = append(d.Subusers, s.Username)
	}
	if w.LastValidation > 0 {
		d.LastValidation = time.Unix(w.LastValidation, 0)
	}
	if isList(w.DNS) {
		return nil // an empty object, as some languages write it
	}
	var records map[string]wireRecord
	if len(w.DNS) > 0 {
		if err := json.Unmarshal(w.DNS, &records); err != nil {
			return err
		}
	}
	for purpose, r := range records {
		d.Records[purpose] = r.record()
	}
	return nil
}

func (w wireRecord) record() Record {
	r := Record{Type: strings.ToUpper(w.Type), Name: plainName(w.Host), Data: w.Data, Valid: w.Valid}
	switch r.Type {
	case "CNAME":
		r.Data = plainName(r.Data)
	case "MX":
		r.Priority = defaultPriority
		if fields := strings.Fields(r.Data); len(fields) == 2 {
			if preference, err := strconv.ParseUint(fields[0], 10, 16); err == nil {
				r.Priority, r.Data = uint16(preference), fields[1]
			}
		}
		r.Data = plainName(r.Data)
	}
	return r
}

func plainName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// isList is whether a JSON value is an array.
func isList(text []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) }

// oneOrMany reads an answer that is a domain or an array of domains. The API's
// description and the API itself do not agree on which calls answer which.
type oneOrMany []Domain

// UnmarshalJSON implements [json.Unmarshaler].
func (o *oneOrMany) UnmarshalJSON(text []byte) error {
	var many []Domain
	var err error
	if isList(text) {
		err = json.Unmarshal(text, &many)
	} else {
		many = make([]Domain, 1)
		err = json.Unmarshal(text, &many[0])
	}
	*o = many
	return err
}

// withID is the one domain of an id.
func withID(domains []Domain, id int64) (Domain, bool) {
	i := slices.IndexFunc(domains, func(d Domain) bool { return d.ID == id })
	if i < 0 {
		return Domain{}, false
	}
	return domains[i], true
}
