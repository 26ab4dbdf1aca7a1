package yandexapi

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Code is the service's word for the reason of a refusal. errors.Is finds it in an error:
// errors.Is(err, yandex.Occupied).
type Code string

// Error returns the word itself. The errors of a Client say what it means.
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
	DomainLimitReached Code = "domain_limit_reached" // the user has as many domains as are allowed
	MigratedToConnect  Code = "migrated_to_connect"  // the domain is managed elsewhere now
)

// Codes that the service is known to send, but does not document.
const (
	badOAuth        Code = "bad_oauth"
	newToken        Code = "get_new_token_please"
	notMasterAdmin  Code = "not_master_admin"
	noStatus        Code = "status_none" // of a domain that is not connected
	accountNotFound Code = "account_not_found"
	userBlocked     Code = "user_blocked"
	noLogin         Code = "no_login"
	noUIDOrLogin    Code = "no_uid_or_login"
	loginEmpty      Code = "login-empty"
	loginTooLong    Code = "login-toolong"
	loginReserved   Code = "login_reserved"
	loginBad        Code = "badlogin"
	noPassword      Code = "no_password"
	passwordEmpty   Code = "passwd-empty"
	passwordShort   Code = "passwd-tooshort"
	passwordLong    Code = "passwd-toolong"
	passwordLogin   Code = "passwd-likelogin"
	passwordBad     Code = "badpasswd"

	recordExists     Code = "record_exists"
	badRecordContent Code = "bad_content"
)

const (
	tokenAdvice    = "Check pdd_token of yandex in the provider configuration, or YANDEX_PDD_TOKEN in the environment: it is the token of the domains' administrator"
	missingAdvice  = "The parameter was sent, so something on the way has lost it. " + checkURL
	laterAdvice    = "The service calls it a temporary failure: run again later"
	loginAdvice    = "Choose another local part: " + localPartRules
	passwordAdvice = "Choose another password: " + passwordRules
)

// meaning is what a code means, and what to do about it.
type meaning struct {
	kind   error // one of package api, or nil
	says   string
	advice string
}

var meanings = map[Code]meaning{
	Unknown: {api.ErrUnavailable, "the service failed", laterAdvice},
	NoReply: {api.ErrUnavailable, "the service does not get a reply from a server that it needs", laterAdvice},

	NoToken:        {api.ErrAuth, "the token did not arrive", tokenAdvice},
	NoAuth:         {api.ErrAuth, "the header PddToken did not arrive", tokenAdvice + ", and that no proxy takes it away"},
	BadToken:       {api.ErrAuth, "the token is not valid", tokenAdvice},
	BadLogin:       {api.ErrAuth, "the user name is not valid", tokenAdvice},
	BadPassword:    {api.ErrAuth, "the password is not valid", tokenAdvice},
	badOAuth:       {api.ErrAuth, "the token is not valid", tokenAdvice},
	newToken:       {api.ErrAuth, "the token is too old", "Get a new one, and set it as pdd_token of yandex in the provider configuration"},
	NotAllowed:     {api.ErrAuth, "the token's user is not the administrator of the domain", administratorAdvice},
	notMasterAdmin: {api.ErrAuth, "the token's user is not the main administrator of the domain", administratorAdvice},

	NoDomain: {nil, "the domain did not arrive", missingAdvice},
	NoIP:     {nil, "the address did not arrive", missingAdvice},

	BadDomain:  {nil, "it is not a domain name", "Check its spelling"},
	Prohibited: {nil, "a domain of this name is not accepted", "The service connects no domain of this name, whoever asks: use another one, or another mail service for it"},
	Blocked:    {nil, "the domain is blocked, for spam for example", "Ask the support of the service why, and have the block lifted"},
	Occupied: {api.ErrConflict, "the domain is in use by another user of the service",
		"It cannot be imported with this token: use that of the user who has it, or have it released there first"},
	DomainLimitReached: {nil, "the user has as many domains as the service allows, which are 50",
		"Disconnect one that is not needed, or use the token of another user"},
	MigratedToConnect: {nil, "the domain has been moved to the service's successor, and can only be managed there",
		"Manage it there, and take it out of the state with a removed block"},
	noStatus: {api.ErrNotFound, "the domain is not connected", ""},
}

// recordMeanings are the meanings of codes in answers about DNS records. The service documents none
// for them.
var recordMeanings = map[Code]meaning{
	recordExists: {api.ErrConflict, "such a record is there already, or a CNAME and other records would have one name", "Run again: the plan shows what is in the way"},
	NotAllowed: {api.ErrAuth, "the domain's zone cannot be edited with this token",
		"Check that the domain is delegated to " + dnsServersText + ", and that pdd_token of yandex is the token of the user who connected the domain"},
	badRecordContent: {nil, "the value of the record is not accepted", "Correct the record"},
}

// dnsServersText names the service's name servers.
const dnsServersText = "dns1.yandex.net and dns2.yandex.net"

const administratorAdvice = "Check that the domain is connected and verified, and that pdd_token of yandex is the token of the user who connected the domain"

// accountMeanings are the meanings of codes in answers about mailboxes, if they differ or occur
// only there.
var accountMeanings = map[Code]meaning{
	accountNotFound: {api.ErrNotFound, "there is no such mailbox", ""},
	Occupied:        {api.ErrConflict, "the name is taken", takenAdvice},
	loginReserved:   {nil, "the name is reserved", "Choose another local part; mail to this one can be received by a mailing list at the service"},
	userBlocked:     {nil, "the mailbox is blocked", "Ask the support of the service why, and have the block lifted"},

	BadLogin:     {nil, "the name of the mailbox is not accepted", loginAdvice},
	loginBad:     {nil, "the name of the mailbox is not accepted", loginAdvice},
	loginTooLong: {nil, "the name of the mailbox is too long", loginAdvice},
	loginEmpty:   {nil, "the name of the mailbox did not arrive", missingAdvice},
	noLogin:      {nil, "the name of the mailbox did not arrive", missingAdvice},
	noUIDOrLogin: {nil, "the name of the mailbox did not arrive", missingAdvice},

	BadPassword:   {nil, "the password is not accepted", passwordAdvice},
	passwordBad:   {nil, "the password is not accepted", passwordAdvice},
	passwordShort: {nil, "the password is too short", passwordAdvice},
	passwordLong:  {nil, "the password is too long", passwordAdvice},
	passwordLogin: {nil, "the password is too like the name of the mailbox", passwordAdvice},
	passwordEmpty: {nil, "the password did not arrive", missingAdvice},
	noPassword:    {nil, "the password did not arrive", missingAdvice},
}

const takenAdvice = "Something else may have it: an alias, a mailing list, or a mailbox that was deleted shortly before. Choose another local part, or release it at the service"

// meaningOf returns the meaning of a code in answer to a call.
func meaningOf(r api.Request, code Code) (meaning, bool) {
	for area, particular := range map[string]map[Code]meaning{areaEmail: accountMeanings, areaDNS: recordMeanings} {
		if m, known := particular[code]; known && r.Path[0] == area {
			return m, true
		}
	}
	m, known := meanings[code]
	return m, known
}
