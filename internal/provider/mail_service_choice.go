package provider

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// mailChoice is which mail services the provider's configuration speaks of: it decides
// where what is new goes if it names no service.
type mailChoice struct {
	configured []*mailKind
	// undecided is whether another one may yet turn out to be configured.
	undecided bool
}

// readMailChoice goes by the services' blocks. Without any, and where withEnvironment says
// so, it goes by the services' variables: a variable that was set for something else must
// not make a service that is configured an ambiguous one.
func readMailChoice(blocks map[string]types.Object, withEnvironment bool) mailChoice {
	var c mailChoice
	for _, kind := range mailKinds {
		switch block := blocks[kind.name]; {
		case block.IsUnknown():
			c.undecided = true
		case !block.IsNull():
			c.configured = append(c.configured, kind)
		}
	}
	if len(c.configured) > 0 || c.undecided || !withEnvironment {
		return c
	}
	for _, kind := range mailKinds {
		if os.Getenv(kind.variable) != "" {
			c.configured = append(c.configured, kind)
		}
	}
	return c
}

// mailRun is what the mail services share in a run.
type mailRun struct {
	run    *Run
	choice mailChoice
	// firstAccounts are the addresses of the first accounts that are planned, by domain.
	firstAccounts sync.Map
}

// mailOf is what the mail services share in a run.
func mailOf(run *Run) *mailRun { return PartOf[*mailRun](run) }

// onlyMailKind is the one mail service that is configured. It is nil, without an error,
// while that cannot be told. In a sandbox all services are there: only what the
// configuration itself speaks of counts there, and without that it is the mail server.
func (m *mailRun) onlyMailKind() (*mailKind, error) {
	c := m.choice
	switch {
	case len(c.configured) > 1:
		return nil, fmt.Errorf("the provider is configured for %s. Set service to %s",
			titlesOf(c.configured), strings.Join(quoted(c.configured), " or "))
	case c.undecided || m.run.Undecided() != "":
		return nil, nil
	case len(c.configured) == 1:
		return c.configured[0], nil
	case m.run.Sandbox() != nil:
		return mailKinds[0], nil
	}
	variables := make([]string, len(mailKinds))
	for i, kind := range mailKinds {
		variables[i] = fmt.Sprintf("%s (environment: %s)", kind.name, kind.variable)
	}
	return nil, errors.New("no mail service is configured. Set " + strings.Join(variables, " or ") + ` in the configuration of the provider "postmaster"`)
}

// inferredMail is onlyMailKind for an attribute "service" that is not set: unknown while
// that cannot be told, and an error at the attribute where nothing is meant.
func (m *mailRun) inferredMail(diags *diag.Diagnostics) types.String {
	kind, err := m.onlyMailKind()
	switch {
	case err != nil:
		diags.AddAttributeError(path.Root("service"), "Which mail service is meant?", "The attribute service is not set, and "+err.Error()+".")
	case kind != nil:
		return types.StringValue(kind.name)
	}
	return types.StringUnknown()
}

func titlesOf(kinds []*mailKind) string {
	titles := make([]string, len(kinds))
	for i, kind := range kinds {
		titles[i] = kind.title
	}
	return strings.Join(titles, " and ")
}

func quoted(kinds []*mailKind) []string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = fmt.Sprintf("%q", kind.name)
	}
	return names
}
