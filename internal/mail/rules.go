package mail

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Rules is what must be known about a mail service at validate and at plan, before any call.
type Rules struct {
	// Variable is the environment variable that means, like the service's block, that the service
	// is used.
	Variable string
	// CheckDomainName says why the service would refuse to create a domain with a name, which is in
	// ASCII. It returns nil if the service accepts the name. The field is nil if it accepts all
	// names.
	CheckDomainName func(domain string) error
	// LongestAddress is how many characters of an address the service stores; 0 means all.
	LongestAddress int
	// LongestPassword is how many bytes of a password the service uses; 0 means all.
	LongestPassword int
	// Lacks lists the attributes that the service does not support. The value is a sentence that
	// says so and what to do. What the interfaces and the other rules tell needs no entry:
	// first_account, password_hash, password_hash_wo and keepers. The other attributes are
	// first_name, last_name, enabled and mx_hostname.
	Lacks map[string]string
	// CheckPassword says in a sentence why the service would refuse a password, or returns "". The
	// parameter localPart is "" while it is unknown. The field is nil if the service accepts all
	// passwords.
	CheckPassword func(localPart, password string) (problem string)
	// CheckHash says in a sentence why the service would refuse a password hash, or returns "". The
	// sentence does not show the hash. The field is nil if the service does not support hashes.
	CheckHash func(hash string) (problem string)
	// CheckLocalPart says in a sentence why the service would refuse a local part that other
	// services accept, or returns "". The field is nil if the service accepts all of them.
	CheckLocalPart func(localPart string) (problem string)
	// Records returns the DNS records that a domain needs, as far as they are known. The field is
	// nil if a domain needs none.
	Records func(d DomainFacts) types.Map
	// Words are the service's texts for documentation.
	Words Words
}

// DomainFacts is what the DNS records of a domain depend on.
type DomainFacts struct {
	// Name is the domain in its canonical spelling, or unknown.
	Name types.String
	// MXHostname is the configured attribute mx_hostname.
	MXHostname types.String
	// Ownership is the attribute ownership, or nil if that is null.
	Ownership *OwnershipProof
}

// Words are a service's texts for documentation, each in whole sentences of Markdown. A text is ""
// if there is nothing to say beyond rules and interfaces.
type Words struct {
	Domain     string // on postmaster_mail_domain: how a domain is created
	DomainName string // on its domain: which names are accepted
	Records    string // on its dns_records: which keys there are
	User       string // on postmaster_mail_user
	LocalPart  string // on its local_part: which ones are accepted
	Hash       string // on its password_hash: which hashes are accepted
	Users      string // on the data source postmaster_mail_users: what is not in its list
	UserID     string // on the IDs of that list: why one may be null
	Domains    string // on allow_empty of the data source postmaster_mail_domains: when an empty list proves nothing
	DKIMKey    string // on postmaster_dkim_key
}

// refuseAttributes adds an error for each attribute that is set although the service does not
// support it.
func refuseAttributes(s Service, attributes map[string]attr.Value, diags *diag.Diagnostics) {
	for _, name := range kit.SortedKeys(attributes) {
		v := attributes[name]
		if sentence := whyLacking(s, name); sentence != "" && !v.IsNull() && !v.IsUnknown() {
			diags.AddAttributeError(path.Root(name), "Not possible at "+s.Title(), sentence)
		}
	}
}

// refusePasswords adds an error if the service would refuse the password. At is the path of the
// block that holds the password attributes. The error never shows the value.
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

// refuseHashes adds an error if the service would refuse the password hash. If the service is not
// known yet (nil), it is an error if no service accepts the hash. The error never shows the value.
func (l services) refuseHashes(s Service, p Passwords, diags *diag.Diagnostics) {
	for name, hash := range map[string]types.String{"password_hash": p.Hash, "password_hash_wo": p.HashWO} {
		if hash.IsNull() || hash.IsUnknown() {
			continue
		}
		if problem := l.hashProblem(s, hash.ValueString()); problem != "" {
			diags.AddAttributeError(path.Root(name), "Unusable password hash", problem)
		}
	}
}

// hashProblem says why a service would refuse a hash. If the service is nil, it says why the first
// one would, unless another one accepts the hash.
func (l services) hashProblem(s Service, hash string) (problem string) {
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

// refuseLocalPart adds an error if the service would create no mailbox with the local part.
func refuseLocalPart(s Service, localPart string, diags *diag.Diagnostics) {
	check := s.MailRules().CheckLocalPart
	if check == nil {
		return
	}
	if problem := check(localPart); problem != "" {
		diags.AddAttributeError(path.Root("local_part"), "Unusable local part", problem)
	}
}

// refuseDomain adds an error if the service would create no domain with the name.
func refuseDomain(s Service, domain string, diags *diag.Diagnostics) {
	check := s.MailRules().CheckDomainName
	if check == nil {
		return
	}
	if err := check(domain); err != nil {
		diags.AddAttributeError(path.Root("domain"), "Domain name not possible at "+s.Title(), err.Error()+".")
	}
}

// refuseAddress adds an error, at the local part, if the service would not store the whole address.
func refuseAddress(s Service, email string, at path.Path, diags *diag.Diagnostics) {
	longest := s.MailRules().LongestAddress
	if longest > 0 && len(email) > longest {
		diags.AddAttributeError(at, "Address too long for "+s.Title(),
			fmt.Sprintf("%s has %d characters; %s stores at most %d, and would not report that it did not store this one.", email, len(email), s.Title(), longest))
	}
}

// checkPasswordLength reports a password whose end the service would ignore. It is an error if the
// password is to be set. Otherwise it is a warning, because an earlier version of the provider may
// have set the password without this check. The message never shows the value.
func checkPasswordLength(s Service, p Passwords, set bool, at path.Path, diags *diag.Diagnostics) {
	longest := s.MailRules().LongestPassword
	for name, v := range map[string]types.String{"password": p.Password, "password_wo": p.PasswordWO} {
		if n := len(v.ValueString()); longest > 0 && n > longest {
			text := fmt.Sprintf("The password has %d bytes. At %s a password ends after %d: it silently ignores the rest, and its owner could not log in with the whole password.",
				n, s.Title(), longest)
			if set {
				diags.AddAttributeError(at.AtName(name), "Password too long for "+s.Title(), text)
			} else {
				diags.AddAttributeWarning(at.AtName(name), "Password too long for "+s.Title(), text+" Choose a shorter one.")
			}
		}
	}
}
