package yandex

// Code is the service's word for why it refused a call. errors.Is finds it in an error: errors.Is(err, yandex.Occupied).
type Code string

// Error gives the word itself. Errors of a Client say what it means.
func (c Code) Error() string { return string(c) }

// The documented codes (https://yandex.com/dev/domain/doc/reference/domain-register.html).
const (
	Unknown            Code = "unknown"              // a temporary failure; repeated by the client
	NoReply            Code = "no_reply"             // likewise, of a server that the service depends on
	NoToken            Code = "no_token"             // a mandatory parameter is missing: the token
	NoDomain           Code = "no_domain"            // … the domain
	NoIP               Code = "no_ip"                // … the address
	NoAuth             Code = "no_auth"              // the header with the token is missing
	BadToken           Code = "bad_token"            // the token is not valid
	BadLogin           Code = "bad_login"            // a user name is not valid
	BadPassword        Code = "bad_passwd"           // a password is not valid
	BadDomain          Code = "bad_domain"           // not a domain name
	Prohibited         Code = "prohibited"           // a domain that nobody may connect
	NotAllowed         Code = "not_allowed"          // the user is not the domain's administrator
	Blocked            Code = "blocked"              // the domain is blocked, for spam for example
	Occupied           Code = "occupied"             // in use by another user
	DomainLimitReached Code = "domain_limit_reached" // the user has 50 domains
	MigratedToConnect  Code = "migrated_to_connect"  // the domain is managed elsewhere now
)
