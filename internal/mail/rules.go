package mail

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Rules is what has to be known of a mail service at validate and at plan, before
// anything is called.
type Rules struct {
	// Variable is the environment variable that says, in place of a block, that the service
	// is used.
	Variable string
	// CheckDomainName says why the service would not make a domain of a name in ASCII;
	// nil if it would. nil itself: it makes all of them.
	CheckDomainName func(domain string) error
	// LongestAddress is how many characters of a mailbox's address the service stores; 0: all.
	LongestAddress int
	// LongestPassword is how many bytes of a password the service looks at; 0: all.
	LongestPassword int
	// Lacks are the attributes that the service has nothing for, each with a sentence
	// that says so and what to do.
	Lacks map[string]string
	// CheckPassword says why the service would not take a password, in a sentence; "" if
	// it would. localPart is "" while it is not known. nil: it takes all of them.
	CheckPassword func(localPart, password string) (problem string)
	// CheckHash says why the service would not store the hash of a password, in a sentence
	// that does not show it; "" if it would. nil: it lacks the attributes for hashes.
	CheckHash func(hash string) (problem string)
	// CheckLocalPart says why the service would not make a mailbox of a name that others
	// would, in a sentence; "" if it would. nil: it makes all of them.
	CheckLocalPart func(localPart string) (problem string)
	// Records are the DNS records that a domain needs, as far as they are known.
	Records func(d DomainFacts) types.Map
	// Words are what the documentation says of the service.
	Words MailWords
}

// DomainFacts is what decides which DNS records a domain needs.
type DomainFacts struct {
	// Name is the domain in its canonical spelling; unknown while it is not known.
	Name types.String
	// MXHostname is the attribute mx_hostname, as it is configured.
	MXHostname types.String
	// Ownership is the attribute of that name; nil where it is null.
	Ownership *OwnershipProof
}

// MailWords are what a service adds to the documentation, each in whole sentences of
// Markdown; "" where there is nothing to say that rules and interfaces do not say.
type MailWords struct {
	Domain     string // on postmaster_mail_domain: how a domain is made
	DomainName string // on its domain: which names are taken
	Records    string // on its dns_records: which there are
	User       string // on postmaster_mail_user
	LocalPart  string // on its local_part: which are taken
	Hash       string // on its password_hash: which hashes are taken
	Users      string // on the data source postmaster_mail_users: what is not in its list
	UserID     string // on the IDs of that list: why one may be null
	Domains    string // on allow_empty of the data source postmaster_mail_domains: when an empty list proves nothing
	DKIMKey    string // on postmaster_dkim_key
}

// refuseAttributes is an error for each of the attributes that are set though the service
// has nothing for them.
func refuseAttributes(s Service, attributes map[string]attr.Value, diags *diag.Diagnostics) {
	lacking := s.MailRules().Lacks
	for _, name := range kit.SortedKeys(attributes) {
		v := attributes[name]
		if sentence, ok := lacking[name]; ok && !v.IsNull() && !v.IsUnknown() {
			diags.AddAttributeError(path.Root(name), "Not possible at "+s.Title(), sentence)
		}
	}
}

// refusePasswords is an error for a password that the service would not take, among the
// attributes of the path at. It never shows the value.
func refusePasswords(s Service, localPart types.String, p Passwords, at path.Path, diags *diag.Diagnostics) {
	check := s.MailRules().CheckPassword
	if check == nil {
		return
	}
	for name, password := range map[string]types.String{"password": p.Password, "password_wo": p.PasswordWO} {
		if password.IsNull() || password.IsUnknown() {
			continue
		}
		if problem := check(localPart.ValueString(), password.ValueString()); problem != "" {
			diags.AddAttributeError(at.AtName(name), "Unusable password", problem)
		}
	}
}

// refuseHashes is an error for the hash of a password that the service would not store; nil
// is a service that is not known yet, and then it is an error where none would store it. It
// never shows the value.
func (l mailServices) refuseHashes(s Service, p Passwords, diags *diag.Diagnostics) {
	for name, hash := range map[string]types.String{"password_hash": p.Hash, "password_hash_wo": p.HashWO} {
		if hash.IsNull() || hash.IsUnknown() {
			continue
		}
		if problem := l.hashProblem(s, hash.ValueString()); problem != "" {
			diags.AddAttributeError(path.Root(name), "Unusable password hash", problem)
		}
	}
}

// hashProblem is what is wrong with a hash at a service; where that is nil, what is wrong
// with it at the first service, unless another one would store it.
func (l mailServices) hashProblem(s Service, hash string) (problem string) {
	for _, candidate := range l {
		check := candidate.MailRules().CheckHash
		if check == nil || s != nil && s.Name() != candidate.Name() {
			continue
		}
		switch found := check(hash); {
		case found == "":
			return ""
		case problem == "":
			problem = found
		}
	}
	return problem
}

// refuseLocalPart is an error for a name that the service would make no mailbox of.
func refuseLocalPart(s Service, localPart string, diags *diag.Diagnostics) {
	check := s.MailRules().CheckLocalPart
	if check == nil {
		return
	}
	if problem := check(localPart); problem != "" {
		diags.AddAttributeError(path.Root("local_part"), "Unusable local part", problem)
	}
}

// refuseDomain is an error for a name that the service would make no domain of.
func refuseDomain(s Service, domain string, diags *diag.Diagnostics) {
	check := s.MailRules().CheckDomainName
	if check == nil {
		return
	}
	if err := check(domain); err != nil {
		diags.AddAttributeError(path.Root("domain"), "Domain name not possible at "+s.Title(), err.Error()+".")
	}
}

// refuseAddress is an error, at the local part, for an address that the service would
// not store.
func refuseAddress(s Service, email string, at path.Path, diags *diag.Diagnostics) {
	longest := s.MailRules().LongestAddress
	if longest > 0 && len(email) > longest {
		diags.AddAttributeError(at, "Address too long for "+s.Title(),
			fmt.Sprintf("%s has %d characters; %s stores at most %d, and would not say that it has not stored this one.", email, len(email), s.Title(), longest))
	}
}

// checkPasswordLength is about a password of which the service would ignore the end: an
// error where it is to be set, else a warning, as it was set by a provider that did not
// look. It never shows the value.
func checkPasswordLength(s Service, p Passwords, set bool, at path.Path, diags *diag.Diagnostics) {
	longest := s.MailRules().LongestPassword
	for name, v := range map[string]types.String{"password": p.Password, "password_wo": p.PasswordWO} {
		if n := len(v.ValueString()); longest > 0 && n > longest {
			text := fmt.Sprintf("The password has %d bytes. At %s a password ends after %d: it ignores the rest without a word, and its owner could not log in with the whole.",
				n, s.Title(), longest)
			if set {
				diags.AddAttributeError(at.AtName(name), "Password too long for "+s.Title(), text)
			} else {
				diags.AddAttributeWarning(at.AtName(name), "Password too long for "+s.Title(), text+" Choose a shorter one.")
			}
		}
	}
}
