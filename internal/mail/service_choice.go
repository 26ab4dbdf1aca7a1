package mail

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// mailChoice is which mail services the provider's configuration speaks of: it decides
// where what is new goes if it names no service.
type mailChoice struct {
	configured mailServices
	// undecided is whether another one may yet turn out to be configured.
	undecided bool
}

// readMailChoice goes by the services' blocks. Without any, and where withEnvironment says
// so, it goes by the services' variables: a variable that was set for something else must
// not make a service that is configured an ambiguous one.
func readMailChoice(services mailServices, blocks map[string]types.Object, withEnvironment bool) mailChoice {
	var c mailChoice
	for _, s := range services {
		switch block := blocks[s.Name()]; {
		case block.IsUnknown():
			c.undecided = true
		case !block.IsNull():
			c.configured = append(c.configured, s)
		}
	}
	if len(c.configured) > 0 || c.undecided || !withEnvironment {
		return c
	}
	for _, s := range services {
		if os.Getenv(s.MailRules().Variable) != "" {
			c.configured = append(c.configured, s)
		}
	}
	return c
}

// mailRun is what the mail services share in a run.
type mailRun struct {
	run      *kit.Run
	services mailServices
	choice   mailChoice
	// firstAccounts are the addresses of the first accounts that are planned, by domain.
	firstAccounts sync.Map
}

// NewMailRun puts into a run what its mail services share. The blocks are those of the
// provider's configuration, by the services' names.
func NewMailRun(run *kit.Run, services []Service, blocks map[string]types.Object, withEnvironment bool) {
	kit.Put(run, &mailRun{run: run, services: services, choice: readMailChoice(services, blocks, withEnvironment)})
}

// MailOf is what the mail services share in a run.
func MailOf(run *kit.Run) *mailRun { return kit.PartOf[*mailRun](run) }

// OnlyService is the one mail service that is configured. It is nil, without an error,
// while that cannot be told. In a sandbox all services are there: only what the
// configuration itself speaks of counts there, and without that it is the first.
func (m *mailRun) OnlyService() (Service, error) {
	c := m.choice
	switch {
	case len(c.configured) > 1:
		return nil, fmt.Errorf("the provider is configured for %s. Set service to %s",
			strings.Join(kit.Titles(c.configured), " and "), strings.Join(quoted(kit.Names(c.configured)), " or "))
	case c.undecided || m.run.Undecided() != "":
		return nil, nil
	case len(c.configured) == 1:
		return c.configured[0], nil
	case m.run.Sandbox() != nil:
		return m.services[0], nil
	}
	variables := make([]string, len(m.services))
	for i, s := range m.services {
		variables[i] = fmt.Sprintf("%s (environment: %s)", s.Name(), s.MailRules().Variable)
	}
	return nil, errors.New("no mail service is configured. Set " + strings.Join(variables, " or ") + ` in the configuration of the provider "postmaster"`)
}

// inferredMail is onlyService for an attribute "service" that is not set: unknown while
// that cannot be told, and an error at the attribute where nothing is meant.
func (m *mailRun) inferredMail(diags *diag.Diagnostics) types.String {
	service, err := m.OnlyService()
	switch {
	case err != nil:
		diags.AddAttributeError(path.Root("service"), "Which mail service is meant?", "The attribute service is not set, and "+err.Error()+".")
	case service != nil:
		return types.StringValue(service.Name())
	}
	return types.StringUnknown()
}

// quoted are names as they stand in a configuration.
func quoted(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return quoted
}
