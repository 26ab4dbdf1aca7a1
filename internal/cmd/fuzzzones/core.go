package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

const typeName = "postmaster_dns_records"

// instance is a resource as the state of Terraform has it.
type instance struct {
	value   tftypes.Value
	private []byte
}

// action is what Terraform does to a resource.
type action string

const (
	noAction     action = "no-op"
	createAction action = "create"
	updateAction action = "update"
	deleteAction action = "delete"
)

// change is a planned change of a resource, or that there is none.
type change struct {
	action   action
	prior    instance // as it was refreshed; null where there is none
	config   tftypes.Value
	planned  tftypes.Value
	private  []byte
	warnings []string
}

// process is a provider's process as Terraform starts one for each phase of a run.
type process struct {
	server tfprotov6.ProviderServer
	ty     tftypes.Type
	gate   *gate
	random *rand.Rand
	// parallel is whether resources are planned and applied side by side, and modern
	// whether the plan at apply is told the private data of the first one, as Terraform
	// does from version 1.16 on.
	parallel, modern bool
	// late is whether the machine was too busy for resources that run side by side to hear of
	// each other within the moment that the provider waits for it.
	late atomic.Bool
}

// together is whether resources were planned or applied side by side, and each in time.
func (p *process) together() bool { return p.parallel && !p.late.Load() }

// errKilled says that the process did not live to answer.
var errKilled = errors.New("the process was killed")

// serverOf makes the server that the released program serves. Tests put another one in its
// place.
var serverOf = func() tfprotov6.ProviderServer {
	return protocol.Adapt(providerserver.NewProtocol6(provider.New("fuzz")())())
}

// start starts a process with a provider configuration.
func start(ctx context.Context, g *gate, config object, random *rand.Rand) (*process, error) {
	server := serverOf()
	schema, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	p := &process{server: server, ty: schema.ResourceSchemas[typeName].ValueType(), gate: g, random: random,
		parallel: random.IntN(6) > 0, modern: random.IntN(3) == 0}
	providerType := schema.Provider.ValueType().(tftypes.Object)
	full := object{}
	for name, member := range config {
		if block, ok := member.(object); ok {
			member = valueOf(providerType.AttributeTypes[name], block)
		}
		full[name] = member
	}
	values := map[string]tftypes.Value{}
	for name, ty := range providerType.AttributeTypes {
		switch member := full[name].(type) {
		case tftypes.Value:
			values[name] = member
		default:
			values[name] = valueOf(ty, member)
		}
	}
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: encode(tftypes.NewValue(providerType, values))})
	if err != nil {
		return nil, err
	}
	return p, errorOf(configured.Diagnostics)
}

// errorOf makes an error of the diagnostics that are errors.
func errorOf(diagnostics []*tfprotov6.Diagnostic) error {
	var texts []string
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			texts = append(texts, d.Summary+": "+d.Detail)
		}
	}
	if texts == nil {
		return nil
	}
	return errors.New(strings.Join(texts, "\n"))
}

func warningsOf(diagnostics []*tfprotov6.Diagnostic) []string {
	var texts []string
	for _, d := range diagnostics {
		if d.Severity != tfprotov6.DiagnosticSeverityError {
			texts = append(texts, d.Summary+": "+d.Detail)
		}
	}
	return texts
}

// call makes a call that ends at the latest when the process is killed.
func call[Request, Response any](p *process, ctx context.Context, request Request, do func(context.Context, Request) (Response, error)) (Response, error) {
	type answer struct {
		response Response
		err      error
	}
	answered := make(chan answer, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		response, err := do(ctx, request)
		answered <- answer{response, err}
	}()
	var none Response
	select {
	case a := <-answered:
		if p.gate.killed() {
			return none, errKilled
		}
		return a.response, a.err
	case <-p.gate.dead:
		return none, errKilled
	}
}

// each calls do for all labels, in an order of its own, side by side where the process works
// like that.
func (p *process) each(labels []string, do func(label string)) {
	done := make(chan struct{})
	defer close(done)
	go p.watch(done)
	var working sync.WaitGroup
	for _, i := range p.random.Perm(len(labels)) {
		if !p.parallel {
			do(labels[i])
			continue
		}
		working.Go(func() { do(labels[i]) })
	}
	working.Wait()
}

// lateness is by how much the clock may be missed on a machine that is not too busy. The
// provider waits for several times as long.
const lateness = 50 * time.Millisecond

// watch finds out whether the machine is too busy, until done.
func (p *process) watch(done <-chan struct{}) {
	const tick = 10 * time.Millisecond
	for {
		begun := time.Now()
		select {
		case <-done:
			return
		case <-time.After(tick):
		}
		if time.Since(begun) > tick+lateness {
			p.late.Store(true)
		}
	}
}

// plan refreshes and plans all resources. It returns the changes, those included that are
// none, and the errors by label.
func (p *process) plan(ctx context.Context, configs map[string]tftypes.Value, state map[string]instance) (map[string]change, map[string]error) {
	labels := slices.Collect(maps.Keys(configs))
	for label := range state {
		if _, configured := configs[label]; !configured {
			labels = append(labels, label)
		}
	}
	slices.Sort(labels)
	var mu sync.Mutex
	changes, errs := map[string]change{}, map[string]error{}
	p.each(labels, func(label string) {
		config, configured := configs[label]
		if !configured {
			config = tftypes.NewValue(p.ty, nil)
		}
		c, err := p.planOne(ctx, config, state[label])
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			errs[label] = err
			return
		}
		changes[label] = c
	})
	return changes, errs
}

func (p *process) planOne(ctx context.Context, config tftypes.Value, before instance) (change, error) {
	null := tftypes.NewValue(p.ty, nil)
	prior := instance{value: null}
	if before.value.Type() != nil {
		read, err := call(p, ctx, &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: encode(before.value), Private: before.private}, p.server.ReadResource)
		if err != nil {
			return change{}, err
		}
		if err := errorOf(read.Diagnostics); err != nil {
			return change{}, err
		}
		value, err := read.NewState.Unmarshal(p.ty)
		if err != nil {
			return change{}, err
		}
		prior = instance{value, read.Private}
	}
	if !config.IsNull() {
		valid, err := call(p, ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: typeName, Config: encode(config)}, p.server.ValidateResourceConfig)
		if err != nil {
			return change{}, err
		}
		if err := errorOf(valid.Diagnostics); err != nil {
			return change{}, err
		}
	}
	if config.IsNull() && prior.value.IsNull() {
		return change{action: noAction, prior: prior, config: config, planned: null}, nil
	}
	planned, err := p.planChange(ctx, config, prior)
	if err != nil {
		return change{}, err
	}
	if err := errorOf(planned.Diagnostics); err != nil {
		return change{}, err
	}
	if len(planned.RequiresReplace) > 0 {
		return change{}, fmt.Errorf("the plan replaces the resource, because of %s", planned.RequiresReplace)
	}
	value, err := planned.PlannedState.Unmarshal(p.ty)
	if err != nil {
		return change{}, err
	}
	c := change{prior: prior, config: config, planned: value, private: planned.PlannedPrivate, warnings: warningsOf(planned.Diagnostics)}
	switch {
	case config.IsNull():
		c.action = deleteAction
	case prior.value.IsNull():
		c.action = createAction
	case value.Equal(prior.value):
		c.action = noAction
	default:
		c.action = updateAction
	}
	return c, nil
}

func (p *process) planChange(ctx context.Context, config tftypes.Value, prior instance) (*tfprotov6.PlanResourceChangeResponse, error) {
	return call(p, ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: typeName, PriorState: encode(prior.value),
		ProposedNewState: encode(proposed(config, prior.value)), Config: encode(config), PriorPrivate: prior.private}, p.server.PlanResourceChange)
}

// proposed is the configuration with the values of the state where it says nothing, as
// Terraform proposes it. All attributes of the resource that the configuration leaves out
// are computed, but for timeouts, of which it has none.
func proposed(config, prior tftypes.Value) tftypes.Value {
	if config.IsNull() || prior.IsNull() {
		return config
	}
	merged, before := members(config), members(prior)
	for name, value := range merged {
		if value.IsNull() && name != "timeouts" && name != "adopt_existing" {
			merged[name] = before[name]
		}
	}
	return tftypes.NewValue(config.Type(), merged)
}

// outcome is what has become of a planned change.
type outcome struct {
	called bool // whether the provider was asked to apply it
	err    error
	// broken says which promise of the protocol the provider has broken; empty if none.
	broken string
	// unplanned are the attributes that the second plan has otherwise than the first.
	unplanned []string
	warnings  []string
}

// apply applies planned changes and returns what has become of them, and the state
// afterwards. Where the process is killed, the state has what was answered by then.
func (p *process) apply(ctx context.Context, changes map[string]change, state map[string]instance) (map[string]outcome, map[string]instance) {
	after := maps.Clone(state)
	outcomes := map[string]outcome{}
	var mu sync.Mutex
	for label, c := range changes {
		if c.prior.value.IsNull() {
			delete(after, label)
		} else {
			after[label] = c.prior
		}
	}
	p.each(slices.Sorted(maps.Keys(changes)), func(label string) {
		c := changes[label]
		if c.action == noAction {
			return
		}
		o, now := p.applyOne(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		outcomes[label] = o
		if now.value.IsNull() {
			delete(after, label)
		} else {
			after[label] = now
		}
	})
	return outcomes, after
}

// applyOne plans a change once more, as Terraform does for all but removals, and applies it.
func (p *process) applyOne(ctx context.Context, c change) (o outcome, now instance) {
	planned, private := c.planned, c.private
	if c.action != deleteAction {
		second := ctx
		if p.modern && len(c.private) > 0 {
			second = protocol.WithPlannedPrivate(ctx, c.private)
		}
		again, err := p.planChange(second, c.config, c.prior)
		if err == nil {
			o.warnings = append(o.warnings, warningsOf(again.Diagnostics)...)
			err = errorOf(again.Diagnostics)
		}
		if err != nil {
			return outcome{err: err}, c.prior
		}
		if planned, err = again.PlannedState.Unmarshal(p.ty); err != nil {
			return outcome{err: err, broken: err.Error()}, c.prior
		}
		private = again.PlannedPrivate
		if unplanned := differences("", c.planned, planned); unplanned != nil {
			return outcome{err: errors.New("inconsistent final plan: " + strings.Join(unplanned, "; ")), unplanned: unplanned}, c.prior
		}
		if planned.Equal(c.prior.value) {
			return o, c.prior
		}
	}
	o.called = true
	applied, err := call(p, ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: typeName, PriorState: encode(c.prior.value),
		PlannedState: encode(planned), Config: encode(c.config), PlannedPrivate: private}, p.server.ApplyResourceChange)
	if err != nil {
		o.err = err
		return o, c.prior
	}
	o.warnings = append(o.warnings, warningsOf(applied.Diagnostics)...)
	o.err = errorOf(applied.Diagnostics)
	value, err := applied.NewState.Unmarshal(p.ty)
	if err != nil {
		o.err, o.broken = err, err.Error()
		return o, c.prior
	}
	now = instance{value, applied.Private}
	switch {
	case o.err != nil && c.action == createAction && !value.IsNull():
		o.broken = "a create returned a state with an error, which taints the resource"
	case o.err != nil && value.IsNull():
		now = c.prior
	case o.err == nil && c.action == deleteAction && !value.IsNull():
		o.broken = "a deleted resource has a state"
	case o.err == nil && c.action != deleteAction:
		if found := differences("", planned, value); found != nil {
			o.broken = "inconsistent result after apply: " + strings.Join(found, "; ")
		}
		if !value.IsFullyKnown() {
			o.broken = "unknown values after apply"
		}
	}
	return o, now
}
