package mail

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// choice is which mail services the provider configuration uses. It decides the service of a new
// object that names none.
type choice struct {
	configured services
	// undecided says that a service whose block is unknown may turn out to be configured too.
	undecided bool
}

// readChoice reads the choice from the services' blocks. If no block is set and withEnvironment is
// true, it reads the services' environment variables. If a block is set, the variables do not
// count: a variable that was set for another purpose must not make a configured service ambiguous.
func readChoice(services services, blocks map[string]types.Object, withEnvironment bool) choice {
	var c choice
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
	services services
	choice   choice
	// firstAccounts holds the addresses of the planned first mailboxes, by domain.
	firstAccounts sync.Map
}

// NewRun puts the part that the mail services share into a run. The blocks are those of the
// provider configuration, by the services' names.
func NewRun(run *kit.Run, services []Service, blocks map[string]types.Object, withEnvironment bool) {
	kit.Put(run, &mailRun{run: run, services: services, choice: readChoice(services, blocks, withEnvironment)})
}

// of returns the part of a run that the mail services share.
func of(run *kit.Run) *mailRun { return kit.PartOf[*mailRun](run) }

// OnlyService returns the only configured mail service, or nil without an error while that is not
// known. In a sandbox all services exist. There only the blocks of the configuration count, and
// without any the service is the first.
func (m *mailRun) OnlyService() (Service, error) {
	c := m.choice
	switch {
	case len(c.configured) > 1:
		return nil, fmt.Errorf("the provider is configured for %s. Set service to %s",
			kit.List(kit.Titles(c.configured), "and"), kit.List(kit.Quoted(kit.Names(c.configured)), "or"))
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
	return nil, errors.New("no mail service is configured. Set " + kit.List(variables, "or") + ` in the configuration of the provider "postmaster"`)
}

// inferredMail returns the value of an attribute service that is not set. It is unknown while the
// service is not known. If no service can be chosen, it adds an error at the attribute.
func (m *mailRun) inferredMail(diags *diag.Diagnostics) types.String {
	service, err := m.OnlyService()
	switch {
	case err != nil:
		diags.AddAttributeError(path.Root("service"), "Unable to choose the mail service", "The attribute service is not set, and "+err.Error()+".")
	case service != nil:
		return types.StringValue(service.Name())
	}
	return types.StringUnknown()
}
