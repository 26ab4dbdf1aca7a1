package mail

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// MailServiceMissing is the summary of the error that a mail service cannot be used, which a
// plan and an apply share.
const MailServiceMissing = "The mail service is not configured"

// mailServices are the mail services that a provider works with. The first is what a
// sandbox has unless the configuration speaks of another.
type mailServices []Service

// named is the service of a name; nil if there is none.
func (l mailServices) named(name string) Service {
	service, _ := kit.Named(l, name)
	return service
}

// signer is the service of a name if it signs mail; nil if not.
func (l mailServices) signer(name string) DKIMSigner {
	switch service := l.named(name).(type) {
	case DKIMSwitcher:
		return service
	case DKIMMaker:
		return service
	}
	return nil
}

// isFirstAccounter is whether a service makes a domain together with its first account.
func isFirstAccounter(s Service) bool {
	_, is := s.(FirstAccounter)
	return is
}

// lacks is whether a service has nothing for an attribute.
func lacks(s Service, attribute string) bool { return s.MailRules().Lacks[attribute] != "" }

// Client makes the client of the service of a name.
func (l mailServices) Client(run *kit.Run, name string) (Mail, error) {
	service := l.named(name)
	if service == nil {
		return nil, fmt.Errorf("there is no mail service %q; there are %s", name, strings.Join(kit.Names(l), ", "))
	}
	return service.Mail(run)
}

// open is client for a resource: an error is reported, and after one it does nothing.
func (l mailServices) open(run *kit.Run, name string, diags *diag.Diagnostics) Mail {
	if diags.HasError() {
		return nil
	}
	client, err := l.Client(run, name)
	if err != nil {
		kit.AddError(diags, MailServiceMissing, err)
	}
	return client
}

// example is an ID of the first service in quotes, for the documentation.
func (l mailServices) example(of string) string { return "`" + l[0].Name() + "/" + of + "`" }

// examples is how the services' IDs of something look, for messages.
func (l mailServices) examples(of string) string {
	examples := make([]string, len(l))
	for i, s := range l {
		examples[i] = strconv.Quote(s.Name() + "/" + of)
	}
	return strings.Join(examples, " or ")
}

// alternatives are the values of an attribute "service", for the documentation.
func (l mailServices) alternatives() string {
	values := make([]string, len(l))
	for i, s := range l {
		values[i] = "`" + s.Name() + "` for " + s.Title()
	}
	return strings.Join(values, " or ")
}

// those are the titles of the services that are so.
func (l mailServices) those(are func(Service) bool) string {
	var titles []string
	for _, s := range l {
		if are(s) {
			titles = append(titles, s.Title())
		}
	}
	return strings.Join(titles, " and ")
}

// only says, for the documentation, at which services an attribute is possible. It is ""
// where that is so at all.
func (l mailServices) only(attribute string) string {
	if l.those(func(s Service) bool { return lacks(s, attribute) }) == "" {
		return ""
	}
	return " At " + l.those(func(s Service) bool { return !lacks(s, attribute) }) + " only."
}

// say is what the services themselves add to the documentation, each after a separator.
func (l mailServices) say(separator string, words func(MailWords) string) string {
	return l.sayEach(separator, func(s Service) string { return words(s.MailRules().Words) })
}

// sayEach is what is to be said of each service, each after a separator.
func (l mailServices) sayEach(separator string, words func(Service) string) string {
	var said strings.Builder
	for _, s := range l {
		if text := words(s); text != "" {
			said.WriteString(separator + text)
		}
	}
	return said.String()
}

// atStart is a service's title as it begins a sentence.
func atStart(title string) string {
	if title == "" {
		return ""
	}
	return strings.ToUpper(title[:1]) + title[1:]
}
