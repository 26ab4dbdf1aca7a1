package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// mailKind is one of the mail services: what has to be known of it before anything is
// called, at validate and at plan.
type mailKind struct {
	name  string // as IDs, the attribute "service" and the provider's block have it
	title string // as people call it, in the middle of a sentence
	// variable is the environment variable that says, in place of a block, that the service
	// is used.
	variable string
	// checkDomainName says why the service would not make a domain of a name in ASCII;
	// nil if it would. nil itself: it makes all of them.
	checkDomainName func(domain string) error
	// longestAddress is how many characters of a mailbox's address the service stores; 0: all.
	longestAddress int
	// longestPassword is how many bytes of a password the service looks at; 0: all.
	longestPassword int
	// firstAccount is whether a domain is created together with an account.
	firstAccount bool
	// ownership is whether the service wants to see a proof that a domain is ours.
	ownership bool
	// dkimSwitch is whether a domain has one key, which is switched on and off and can be
	// read at any time. Otherwise each creation makes another key, only an export shows
	// it, and it stays in force.
	dkimSwitch bool
	// dkimSelector is where the record of all of the service's keys is.
	dkimSelector string
	// lacks are the attributes that the service has nothing for, each with a sentence
	// that says so and what to do.
	lacks map[string]string
	// checkPassword says why the service would not take a password, in a sentence; "" if
	// it would. localPart is "" while it is not known.
	checkPassword func(localPart, password string) (problem string)
	// checkLocalPart says why the service would not make a mailbox of a name that others
	// would, in a sentence; "" if it would. nil: it makes all of them.
	checkLocalPart func(localPart string) (problem string)
	// exports is whether the service archives a domain with its mail on demand.
	exports bool
	// records are those that a domain of this name needs, as far as they are known.
	records func(name types.String, m mailDomainModel) types.Map
	// open makes the service's client, or says what is missing for that.
	open func(*Run) (mailService, error)
}

// mailKinds are all of them. The first is what a sandbox has unless the configuration
// speaks of another.
var mailKinds = []*mailKind{&mailServerKind, &yandexKind}

// mailKindNamed is the kind of a name; nil if there is none.
func mailKindNamed(name string) *mailKind {
	for _, kind := range mailKinds {
		if kind.name == name {
			return kind
		}
	}
	return nil
}

func mailKindNames() []string {
	names := make([]string, len(mailKinds))
	for i, kind := range mailKinds {
		names[i] = kind.name
	}
	return names
}

// refuse is an error for each of the attributes that are set though the service has
// nothing for them.
func (k *mailKind) refuse(attributes map[string]attr.Value, diags *diag.Diagnostics) {
	for _, name := range sortedKeys(attributes) {
		v := attributes[name]
		if sentence, ok := k.lacks[name]; ok && !v.IsNull() && !v.IsUnknown() {
			diags.AddAttributeError(path.Root(name), "Not possible at "+k.title, sentence)
		}
	}
}

// has is whether the service has something for an attribute.
func (k *mailKind) has(attribute string) bool { return k.lacks[attribute] == "" }

// refusePasswords is an error for a password that the service would not take, among the
// attributes of the path at. It never shows the value.
func (k *mailKind) refusePasswords(localPart types.String, p passwords, at path.Path, diags *diag.Diagnostics) {
	for name, password := range map[string]types.String{"password": p.Password, "password_wo": p.PasswordWO} {
		if password.IsNull() || password.IsUnknown() {
			continue
		}
		if problem := k.checkPassword(localPart.ValueString(), password.ValueString()); problem != "" {
			diags.AddAttributeError(at.AtName(name), "Unusable password", problem)
		}
	}
}

// refuseLocalPart is an error for a name that the service would make no mailbox of.
func (k *mailKind) refuseLocalPart(localPart string, diags *diag.Diagnostics) {
	if k.checkLocalPart == nil {
		return
	}
	if problem := k.checkLocalPart(localPart); problem != "" {
		diags.AddAttributeError(path.Root("local_part"), "Unusable local part", problem)
	}
}

// checkDomain is an error for a name that the service would make no domain of.
func (k *mailKind) checkDomain(domain string, diags *diag.Diagnostics) {
	if k.checkDomainName == nil {
		return
	}
	if err := k.checkDomainName(domain); err != nil {
		diags.AddAttributeError(path.Root("domain"), "Domain name not possible at "+k.title, err.Error()+".")
	}
}

// checkAddress is an error, at the local part, for an address that the service would
// not store.
func (k *mailKind) checkAddress(email string, at path.Path, diags *diag.Diagnostics) {
	if k.longestAddress > 0 && len(email) > k.longestAddress {
		diags.AddAttributeError(at, "Address too long for "+k.title,
			fmt.Sprintf("%s has %d characters; %s stores at most %d, and would not say that it has not stored this one.", email, len(email), k.title, k.longestAddress))
	}
}

// checkPasswordLength is about a password of which the service would ignore the end: an
// error where it is to be set, else a warning, as it was set by a provider that did not
// look. It never shows the value.
func (k *mailKind) checkPasswordLength(p passwords, set bool, at path.Path, diags *diag.Diagnostics) {
	for name, v := range map[string]types.String{"password": p.Password, "password_wo": p.PasswordWO} {
		if n := len(v.ValueString()); k.longestPassword > 0 && n > k.longestPassword {
			text := fmt.Sprintf("The password has %d bytes. At %s a password ends after %d: it ignores the rest without a word, and its owner could not log in with the whole.",
				n, k.title, k.longestPassword)
			if set {
				diags.AddAttributeError(at.AtName(name), "Password too long for "+k.title, text)
			} else {
				diags.AddAttributeWarning(at.AtName(name), "Password too long for "+k.title, text+" Choose a shorter one.")
			}
		}
	}
}

// mailService returns the client of a service, which its kind names.
func (m *mailRun) mailService(name string) (mailService, error) {
	kind := mailKindNamed(name)
	if kind == nil {
		return nil, fmt.Errorf("there is no mail service %q; there are %s", name, strings.Join(mailKindNames(), ", "))
	}
	return kind.open(m.run)
}

// openMail is mailService for a resource: an error is reported, and after one it does
// nothing.
func (m *mailRun) openMail(name string, diags *diag.Diagnostics) mailService {
	if diags.HasError() {
		return nil
	}
	service, err := m.mailService(name)
	if err != nil {
		addError(diags, mailServiceMissing, err)
	}
	return service
}
