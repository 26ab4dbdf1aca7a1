package octeth

// Kind is what a sender domain is for. The two kinds have separate lists.
type Kind string

// The kinds, as the record types of dns.set are called.
const (
	Campaign     Kind = "campaign"      // for campaigns: user.senderdomain, since 5.9
	EmailGateway Kind = "email-gateway" // for transactional mail: EmailGateway, in all versions
)

// Status is the state that the platform keeps a sender domain in. Versions may have more than these.
type Status string

// What is documented of a status.
const (
	Enabled         Status = "Enabled"          // its records have been seen: it may send
	ApprovalPending Status = "Approval Pending" // they have not, or not at the last check
	Disabled        Status = "Disabled"         // switched off by its user
	Suspended       Status = "Suspended"        // switched off by the operator
	Deleted         Status = "Deleted"          // no list shows it
)

// SenderDomain is a domain that mail is sent from.
type SenderDomain struct {
	ID      int64
	Kind    Kind
	Domain  string
	Status  Status
	Options Options
	// Records are what has to be published, by their complete names. They are nil where the answer does not tell them, as in
	// all but verifications of version 5.6, and empty where the platform wants none.
	Records map[string]Record
}

// Record is a DNS record as the platform writes it: names may end in a dot, TXT is without quotes.
type Record struct {
	Type  string // CNAME, A, MX or TXT
	Value string
	// Verified is whether the record was seen at the last verification; nil where there has not been one since the platform
	// asked for it.
	Verified *bool
}

// Options are what can be chosen of a sender domain. When they are sent, nil leaves what is; when they are read, nil is what
// the answer does not tell.
type Options struct {
	LinkTracking    *bool
	OpenTracking    *bool
	UnsubscribeLink *bool
	// Subdomain and TrackPrefix are labels in the names of the records. "" is the platform's own. A change makes new records.
	Subdomain   *string
	TrackPrefix *string
	// UseTrackingSubdomain is whether tracking has a name of its own. A change makes new records.
	UseTrackingSubdomain *bool
}

// Verification is what a look at a domain's records has come to.
type Verification struct {
	ID       int64
	Kind     Kind
	Verified bool              // all records have been seen
	Status   Status            // what the platform makes of that; some want an operator's approval besides
	Records  map[string]Record // as in SenderDomain
}

// Credentials are those of a DNS host, for the platform to write records with. None of their texts shows them.
type Credentials struct {
	Key      string // Cloudflare: an API token; Namecheap and GoDaddy: the API key
	Secret   string // GoDaddy's
	User     string // Namecheap's API user
	Username string // Namecheap's user whose domain it is
}

// String says what it is, not which.
func (Credentials) String() string { return "(credentials)" }

// GoString keeps %#v from showing them.
func (Credentials) GoString() string { return "(credentials)" }

// secrets are what messages must not show; names of users are none.
func (c Credentials) secrets() []string { return []string{c.Key, c.Secret} }
