package kit

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

// Service is anyone outside that the provider works with: a sender, a mail service, a DNS host.
// What a service can do is expressed by further interfaces, which the rooms define.
type Service interface {
	// Name returns the service's name in blocks, IDs and attributes.
	Name() string
	// Title returns the service's name for people, as in the middle of a sentence.
	Title() string
	// Block returns the schema of the block that configures the service.
	Block() schema.SingleNestedAttribute
	// Configure reads the block and puts the service's account into the run. It makes no call. A
	// missing credential is no error here; it is one for the first caller that needs it.
	Configure(run *Run, b Block, diags *diag.Diagnostics)
}

// Opener is a [Service] with a client of its own.
type Opener interface {
	Service
	// Open creates the client without making a call. The error matches api.ErrNotConfigured and
	// says what is missing.
	Open(run *Run) error
}

// Simulator is a [Service] that the sandbox can simulate.
type Simulator interface {
	Service
	// Simulate returns the simulation. Run is nil if the provider is not configured.
	Simulate(run *Run) sandbox.Simulate
}

// Simulations returns the simulations of all services that have one. Run is nil if the provider is
// not configured.
func Simulations(run *Run, services []Service) []sandbox.Simulate {
	var simulations []sandbox.Simulate
	for _, s := range With[Simulator](services) {
		simulations = append(simulations, s.Simulate(run))
	}
	return simulations
}

// SelectorHelper is a [Service] that lets the DKIM selector be chosen.
type SelectorHelper interface {
	Service
	// SelectorHelp says how, as in the middle of a sentence.
	SelectorHelp() string
}

// Things are the resources, data sources and actions that only one service has.
type Things struct {
	Resources   []func() resource.Resource
	DataSources []func() datasource.DataSource
	Actions     []func() action.Action
}

// Owner is a [Service] that has resources, data sources or actions of its own.
type Owner interface {
	Service
	// Own returns them.
	Own() Things
}

// With returns the services that implement T, in the same order.
func With[T any](services []Service) []T {
	var able []T
	for _, s := range services {
		if t, ok := s.(T); ok {
			able = append(able, t)
		}
	}
	return able
}

// Named returns the service with a name. Ok is false if there is none.
func Named[T Service](services []T, name string) (named T, ok bool) {
	for _, s := range services {
		if s.Name() == name {
			return s, true
		}
	}
	return named, false
}

// Names returns the names of the services, in the same order.
func Names[T Service](services []T) []string {
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = s.Name()
	}
	return names
}

// Titles returns the titles of the services, in the same order.
func Titles[T Service](services []T) []string {
	titles := make([]string, len(services))
	for i, s := range services {
		titles[i] = s.Title()
	}
	return titles
}
