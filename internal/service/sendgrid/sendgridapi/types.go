package sendgridapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Domain is an authenticated domain.
//
// The API never returns the region for which a domain was created, nor the DKIM selector that was
// requested: see [Client.Region] and [Domain.CustomDKIMSelector].
type Domain struct {
	ID        int64
	UserID    int64
	Subdomain string // the label or labels before Domain from which mail is sent
	Domain    string
	Username  string   // of the account or subuser that it belongs to
	IPs       []string // may be empty although some were set
	CustomSPF bool
	Default   bool // for mail whose From matches no domain
	Legacy    bool // made by a former tool of SendGrid; it works, but cannot be changed
	// AutomaticSecurity: SendGrid manages SPF and DKIM itself, behind three CNAMEs.
	AutomaticSecurity bool
	Valid             bool // when SendGrid last looked
	Records           map[string]Record
	// Subusers may send with the domain besides its owner. It is nil if the answer does not tell:
	// lists have it, but answers about one domain need not.
	Subusers       []Subuser
	LastValidation time.Time // zero: never, or the answer does not tell

	problem string // a field that cannot be read, and why; "" if there is none
}

// Subuser is a subuser that may send with a domain of its parent account.
type Subuser struct {
	UserID   int64  `json:"user_id"`
	Username string `json:"username"`
}

// Problem describes a field of the domain that could not be read in a list; "" if there is none. In
// other answers, such a domain is an error.
func (d Domain) Problem() string { return d.problem }

// SubuserNames are the names of the subusers, in the order of the answer.
func (d Domain) SubuserNames() []string {
	names := make([]string, len(d.Subusers))
	for i, s := range d.Subusers {
		names[i] = s.Username
	}
	return names
}

// Record is a DNS record that SendGrid asks to publish. Its key in [Domain.Records] is its purpose,
// such as "mail_cname" or "dkim1".
type Record struct {
	Type     string // in upper case: "CNAME", "MX", "TXT"
	Name     string // absolute, without trailing dot
	Data     string // the target without trailing dot, or a text without quotes
	Priority uint16 // of an MX record, else 0
	Valid    bool   // when SendGrid last looked
}

// defaultPriority is the preference of an MX record if SendGrid gives none.
const defaultPriority = 10

// CustomDKIMSelector is the selector that was requested when the domain was created, according to
// the names of its DKIM records. It is "" if SendGrid chose the selector: its own have two
// characters ("s1", "m1"), custom ones have three.
func (d Domain) CustomDKIMSelector() string {
	for _, selector := range d.selectors() {
		if len(selector) == customSelectorLength {
			return selector
		}
	}
	return ""
}

// HasSelector is whether the domain's DKIM records are at a requested selector. It is also true if
// there is no such record.
func (d Domain) HasSelector(selector string) bool {
	all := d.selectors()
	return len(all) == 0 || slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, selector) })
}

// selectors returns the selectors of the DKIM records, sorted by the records' purposes.
func (d Domain) selectors() []string {
	var all []string
	for _, purpose := range slices.Sorted(maps.Keys(d.Records)) {
		if selector, _, found := strings.Cut(d.Records[purpose].Name, "._domainkey."); found {
			all = append(all, selector)
		}
	}
	return all
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

type wireRecord struct {
	Valid bool   `json:"valid"`
	Type  string `json:"type"`
	Host  string `json:"host"`
	Data  string `json:"data"`
}

// UnmarshalJSON reads a domain from any answer. It fails only if there is no object. If a field
// cannot be read, it notes that in the domain, which lists then skip.
func (d *Domain) UnmarshalJSON(text []byte) error {
	var f fields
	if err := json.Unmarshal(text, &f.all); err != nil {
		return err
	}
	if f.all == nil {
		return errors.New("null is no domain")
	}
	*d = Domain{
		ID: f.number("id"), UserID: f.number("user_id"), Domain: plainName(read[string](&f, "domain")), Subdomain: read[string](&f, "subdomain"),
		Username: read[string](&f, "username"), IPs: read[[]string](&f, "ips"), CustomSPF: read[bool](&f, "custom_spf"),
		Default: read[bool](&f, "default"), Legacy: read[bool](&f, "legacy"), AutomaticSecurity: read[bool](&f, "automatic_security"),
		Valid: read[bool](&f, "valid"), Subusers: read[[]Subuser](&f, "subusers"), LastValidation: f.time("last_validation_attempt_at"),
		Records: map[string]Record{},
	}
	if !isList(f.all["dns"]) { // a list is an empty object, as some languages write it
		for purpose, r := range read[map[string]wireRecord](&f, "dns") {
			d.Records[purpose] = r.record()
		}
	}
	d.problem = f.problem
	return nil
}

func (w wireRecord) record() Record {
	r := Record{Type: strings.ToUpper(w.Type), Name: plainName(w.Host), Data: w.Data, Valid: w.Valid}
	switch r.Type {
	case "CNAME":
		r.Data = plainName(r.Data)
	case "TXT":
		// SendGrid sends it in presentation format, as in a zone file, or as plain text.
		if text, err := mailrecord.UnquoteTXT(r.Data); err == nil {
			r.Data = text
		}
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

// oneOrMany reads an answer that is a domain or an array of domains. The API and its description
// differ on which calls return which.
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
