package octethapi

// Kind is the purpose of a sender domain. The two kinds have separate lists.
type Kind string

// The kinds, by the record types of dns.set.
const (
	Campaign     Kind = "campaign"      // for campaigns: user.senderdomain, since 5.9
	EmailGateway Kind = "email-gateway" // for transactional mail: EmailGateway, in all versions
)

// Status is the platform's state of a sender domain. A version may have further ones.
type Status string

// The documented states.
const (
	Enabled         Status = "Enabled"          // its records were seen: it may send
	ApprovalPending Status = "Approval Pending" // its records were not seen, or not at the last check
	Disabled        Status = "Disabled"         // switched off by its user
	Suspended       Status = "Suspended"        // switched off by the operator
	Deleted         Status = "Deleted"          // in no list
)

// SenderDomain is a domain from which mail is sent.
type SenderDomain struct {
	ID      int64
	Kind    Kind
	Domain  string
	Status  Status
	Options Options
	// Records are the records to publish, by their complete names. They are nil if the answer does
	// not have them: in version 5.6, only verifications do. They are empty if the platform wants
	// none.
	Records map[string]Record
}

// Record is a DNS record as the platform writes it. Names may end in a dot, and TXT has no quotes.
type Record struct {
	Type  string // CNAME, A, MX or TXT
	Value string
	// Verified is whether the last verification has seen the record; nil if there was none since
	// the platform asked for the record.
	Verified *bool
}

// Options are the options of a sender domain. When they are sent, nil leaves an option unchanged.
// When they are read, nil is an option that the answer does not show.
type Options struct {
	LinkTracking    *bool
	OpenTracking    *bool
	UnsubscribeLink *bool
	// Subdomain and TrackPrefix are labels in the names of the records. "" is the platform's
	// default. A change makes new records.
	Subdomain   *string
	TrackPrefix *string
	// UseTrackingSubdomain is whether tracking has a name of its own. A change makes new records.
	UseTrackingSubdomain *bool
}

// Verification is the result of a check of a domain's records.
type Verification struct {
	ID       int64
	Kind     Kind
	Verified bool              // all records have been seen
	Status   Status            // the platform's state after that; an operator may have to approve the domain besides
	Records  map[string]Record // as in SenderDomain
}

// Credentials are those of a DNS host, with which the platform writes records. No text made of them
// shows them.
type Credentials struct {
	Key      string // Cloudflare: an API token; Namecheap and GoDaddy: the API key
	Secret   string // GoDaddy's
	User     string // Namecheap's API user
	Username string // Namecheap's user who owns the domain
}

// String says what it is, and not its value.
func (Credentials) String() string { return "(credentials)" }

// GoString hides them from %#v.
func (Credentials) GoString() string { return "(credentials)" }

// secrets are what messages must not show. User names are not secret.
func (c Credentials) secrets() []string { return []string{c.Key, c.Secret} }
