package mail

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// serviceMissing is the summary of the error that a mail service cannot be used. Plan and apply
// share it.
const serviceMissing = "The mail service is not configured"

// services are the mail services that the provider works with. In the sandbox, the first is the
// default unless the configuration has the block of another one.
type services []Service

// named returns the service with a name, or nil.
func (l services) named(name string) Service {
	service, _ := kit.Named(l, name)
	return service
}

// signer returns the service with a name if it signs mail, or nil.
func (l services) signer(name string) DKIMSigner {
	switch service := l.named(name).(type) {
	case DKIMSwitcher:
		return service
	case DKIMMaker:
		return service
	}
	return nil
}

// isFirstAccounter reports whether a service creates a domain only together with a first mailbox.
func isFirstAccounter(s Service) bool {
	_, is := s.(FirstAccounter)
	return is
}

// lacks reports whether a service does not support an attribute.
func lacks(s Service, attribute string) bool { return whyLacking(s, attribute) != "" }

// whyLacking says that a service does not support an attribute, and what to do. It returns "" if
// the service supports it. What a service does not implement, it cannot forget to list.
func whyLacking(s Service, attribute string) string {
	rules := s.MailRules()
	if sentence := rules.Lacks[attribute]; sentence != "" {
		return sentence
	}
	switch attribute {
	case "first_account":
		if !isFirstAccounter(s) {
			return "It creates a domain without an account. Remove first_account, and add accounts as postmaster_mail_user."
		}
	case "password_hash", "password_hash_wo":
		if rules.CheckHash == nil {
			return "It takes passwords only, not their hashes. Set password_wo and password_wo_version, or password."
		}
	case "keepers":
		if _, creates := s.(DKIMMaker); !creates {
			return "It does not create another key on request. Remove keepers."
		}
	}
	return ""
}

// Client creates the client of the service with a name.
func (l services) Client(run *kit.Run, name string) (Mail, error) {
	service := l.named(name)
	if service == nil {
		return nil, fmt.Errorf("there is no mail service %q; there are %s", name, strings.Join(kit.Names(l), ", "))
	}
	return service.Mail(run)
}

// open does the same as Client for a resource. It adds an error as a diagnostic. If there is an
// error already, it does nothing.
func (l services) open(run *kit.Run, name string, diags *diag.Diagnostics) Mail {
	if diags.HasError() {
		return nil
	}
	client, err := l.Client(run, name)
	if err != nil {
		kit.AddError(diags, serviceMissing, err)
	}
	return client
}

// example returns an ID at the first service as Markdown code.
func (l services) example(of string) string { return "`" + l[0].Name() + "/" + of + "`" }

// examples returns an ID at each service in quotes, for messages.
func (l services) examples(of string) string {
	examples := make([]string, len(l))
	for i, s := range l {
		examples[i] = strconv.Quote(s.Name() + "/" + of)
	}
	return kit.List(examples, "or")
}

// alternatives lists the values of an attribute service, for documentation.
func (l services) alternatives() string {
	values := make([]string, len(l))
	for i, s := range l {
		values[i] = "`" + s.Name() + "` for " + s.Title()
	}
	return kit.List(values, "or")
}

// those returns the titles of the services for which the function is true.
func (l services) those(are func(Service) bool) string {
	var titles []string
	for _, s := range l {
		if are(s) {
			titles = append(titles, s.Title())
		}
	}
	return kit.List(titles, "and")
}

// only says, for documentation, which services support an attribute. It returns "" if all of them
// do.
func (l services) only(attribute string) string {
	if l.those(func(s Service) bool { return lacks(s, attribute) }) == "" {
		return ""
	}
	return " At " + l.those(func(s Service) bool { return !lacks(s, attribute) }) + " only."
}

// say returns one text of each service for documentation, each after the separator.
func (l services) say(separator string, words func(Words) string) string {
	return l.sayEach(separator, func(s Service) string { return words(s.MailRules().Words) })
}

// sayEach returns the function's text for each service, each after the separator. It leaves out
// empty texts.
func (l services) sayEach(separator string, words func(Service) string) string {
	var said strings.Builder
	for _, s := range l {
		if text := words(s); text != "" {
			said.WriteString(separator + text)
		}
	}
	return said.String()
}
