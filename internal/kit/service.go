package kit

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

// Service is anyone outside whom the provider works with: a sender, a mail service, a DNS
// host. What it can do, it says by further interfaces, those of the rooms.
type Service interface {
	// Name is how blocks, IDs and attributes call it.
	Name() string
	// Title is how people call it, in the middle of a sentence.
	Title() string
	// Block is the schema of the block that configures it.
	Block() schema.SingleNestedAttribute
	// Configure reads the block and puts the service's account into the run. It calls
	// nobody: a credential that is missing is an error of whoever needs it first.
	Configure(run *Run, b Block, diags *diag.Diagnostics)
}

// Opener is a [Service] that has a client of its own.
type Opener interface {
	Service
	// Open makes the client, and calls nobody. The error is an api.ErrNotConfigured that
	// says what is missing.
	Open(run *Run) error
}

// Simulator is a [Service] that the sandbox simulates.
type Simulator interface {
	Service
	// Simulate is how; the run is nil where nothing is configured.
	Simulate(run *Run) sandbox.Simulate
}

// Simulations are how the services are simulated; the run is nil where nothing is
// configured.
func Simulations(run *Run, services []Service) []sandbox.Simulate {
	var simulations []sandbox.Simulate
	for _, s := range With[Simulator](services) {
		simulations = append(simulations, s.Simulate(run))
	}
	return simulations
}

// SelectorHelper is a [Service] that can be told which DKIM selector to use.
type SelectorHelper interface {
	Service
	// SelectorHelp says how, in the middle of a sentence.
	SelectorHelp() string
}

// Things are what a service brings for itself alone.
type Things struct {
	Resources   []func() resource.Resource
	DataSources []func() datasource.DataSource
}

// Owner is a [Service] with things of its own.
type Owner interface {
	Service
	// Own are the resources and data sources that no other service has.
	Own() Things
}

// With returns the services that can do T, in their order.
func With[T any](services []Service) []T {
	var able []T
	for _, s := range services {
		if t, ok := s.(T); ok {
			able = append(able, t)
		}
	}
	return able
}

// Named returns the one of a name; ok is false where there is none.
func Named[T Service](services []T, name string) (named T, ok bool) {
	for _, s := range services {
		if s.Name() == name {
			return s, true
		}
	}
	return named, false
}

// Names are those of services, in their order.
func Names[T Service](services []T) []string {
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = s.Name()
	}
	return names
}

// Titles are those of services, in their order.
func Titles[T Service](services []T) []string {
	titles := make([]string, len(services))
	for i, s := range services {
		titles[i] = s.Title()
	}
	return titles
}
