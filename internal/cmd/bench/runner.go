package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// measurement is the measurement of one case.
type measurement struct {
	calls   map[string]int // by kind
	subject sample         // of the provider
	data    sample         // of terraform_data, which is part of Terraform
	idle    sample         // of a provider that does nothing
	quiet   bool           // whether it is certain that other programs did not disturb
}

// sample is what one run of Terraform has taken.
type sample struct {
	seconds    float64
	cpuSeconds float64 // of the provider's processes; 0 if it could not be measured
	peakMemory int64   // of the largest of these processes, in bytes; 0 if it could not be measured
}

// runner runs cases one after the other. Cases of one world share it: what one case leaves saves
// the next one its set-up.
type runner struct {
	installation *terraformcli.Installation
	idle         string // executable of the provider that does nothing
	worlds       map[*world]*live
}

// live is a world with its running services, and how far Terraform has got in it.
type live struct {
	world    *world
	box      *sandbox.Sandbox
	server   *http.Server
	resolver *miekg.Server // nil unless the world has a slow one
	calls    *callCounter
	subject  *workspace // the provider's configuration
	data     *workspace // a configuration with the same number of terraform_data
	idle     *workspace // the same of a provider that does nothing
	applied  bool
	change   int
}

func (l *live) workspaces() []*workspace { return []*workspace{l.subject, l.data, l.idle} }

func (r *runner) measure(ctx context.Context, c benchCase) (measurement, error) {
	l, err := r.live(ctx, c.world)
	if err != nil {
		return measurement{}, err
	}
	if err := l.setUp(ctx, c.operation); err != nil {
		return measurement{}, fmt.Errorf("setting up: %w", err)
	}
	if c.operation == applyChange {
		l.setChange(l.change + 1)
	}

	m, err := l.measureAll(ctx, c.operation)
	l.applied = c.operation != destroyAll
	return m, err
}

// measureAll runs an operation in all three workspaces.
func (l *live) measureAll(ctx context.Context, o operation) (m measurement, err error) {
	l.calls.reset()
	machine := watchMachine()
	if m.subject, err = l.timed(ctx, l.subject, o); err != nil {
		return m, err
	}
	m.calls = l.calls.byKind()
	if m.data, err = l.timed(ctx, l.data, o); err != nil {
		return m, fmt.Errorf("measuring terraform_data: %w", err)
	}
	if m.idle, err = l.timed(ctx, l.idle, o); err != nil {
		return m, fmt.Errorf("measuring the provider that does nothing: %w", err)
	}
	m.quiet = machine.quiet()
	return m, nil
}

// setUp brings the world to the state in which the operation begins. This is not measured.
func (l *live) setUp(ctx context.Context, next operation) error {
	missing := destroyAll
	if wantApplied := next != applyAll; wantApplied == l.applied {
		return nil
	} else if wantApplied {
		missing = applyAll
		if l.world.first != "" {
			if _, err := l.subject.Run(ctx, "apply", "-auto-approve", "-no-color", "-target="+l.world.first); err != nil {
				return err
			}
		}
	}
	for _, workspace := range l.workspaces() {
		if _, err := l.timed(ctx, workspace, missing); err != nil {
			return err
		}
	}
	l.applied = missing == applyAll
	return nil
}

// setChange changes the variable "change" of all configurations.
func (l *live) setChange(change int) {
	l.change = change
	for _, workspace := range l.workspaces() {
		workspace.Setenv("TF_VAR_change", strconv.Itoa(change))
	}
}

// timed runs an operation and returns what it took.
func (l *live) timed(ctx context.Context, workspace *workspace, o operation) (sample, error) {
	options := []string{"-no-color"}
	if l.world.parallelism > 0 {
		options = append(options, "-parallelism="+strconv.Itoa(l.world.parallelism))
	}
	_, _ = workspace.used() // by commands that were not measured
	started := time.Now()
	var err error
	switch o {
	case planNothing:
		var changes bool
		var out string
		if changes, out, err = workspace.Plan(ctx, options...); err == nil && changes {
			err = fmt.Errorf("a plan that should be empty is not:\n%s", out)
		}
	case applyAll, applyChange:
		_, err = workspace.Run(ctx, append([]string{"apply", "-auto-approve"}, options...)...)
	case destroyAll:
		_, err = workspace.Run(ctx, append([]string{"destroy", "-auto-approve"}, options...)...)
	}
	s := sample{seconds: time.Since(started).Seconds()}
	if used, problem := workspace.used(); problem == nil {
		s.cpuSeconds, s.peakMemory = used.CPU.Seconds(), used.PeakMemory
	}
	return s, err
}

// live returns a world with its running services. The first case of the world starts them.
func (r *runner) live(ctx context.Context, w *world) (*live, error) {
	if l, ok := r.worlds[w]; ok {
		return l, nil
	}
	l := &live{world: w, calls: &callCounter{}}
	var err error
	if l.box, err = sandbox.Open(sandbox.Options{Services: service.Simulated(), Observe: l.calls.observe}); err != nil {
		return nil, err
	}
	r.worlds[w] = l
	at, err := l.serve(ctx)
	if err != nil {
		return nil, err
	}
	name := strconv.Itoa(len(r.worlds))
	if l.subject, err = r.workspace(ctx, name+"-subject", r.installation.Binary, terraformcli.RequiredProviders+w.configuration(at)); err != nil {
		return nil, err
	}
	if l.data, err = r.workspace(ctx, name+"-data", "", w.floor); err != nil {
		return nil, err
	}
	if l.idle, err = r.workspace(ctx, name+"-idle", r.idle, idleConfiguration(w.floor)); err != nil {
		return nil, err
	}
	l.setChange(0)
	return l, nil
}

// serve prepares the sandbox, gives its services the latency of real ones, and serves it.
func (l *live) serve(ctx context.Context) (address, error) {
	if err := l.slowDown(0); err != nil {
		return address{}, err
	}
	if l.world.prepare != nil {
		if err := l.world.prepare(ctx, l.box); err != nil {
			return address{}, fmt.Errorf("preparing the sandbox: %w", err)
		}
	}
	if err := l.slowDown(latency); err != nil {
		return address{}, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return address{}, err
	}
	l.server = &http.Server{Handler: l.calls.counting(l.box.Handler()), ReadHeaderTimeout: time.Minute}
	go func() { _ = l.server.Serve(listener) }()
	names, err := l.box.DNSAddr()
	if err == nil && l.world.slowDNS {
		names, err = l.slowDNS(names)
	}
	return address{base: "http://" + listener.Addr().String(), dns: names}, err
}

// slowDown sets the latency of each call to any of the services.
func (l *live) slowDown(perCall time.Duration) error {
	for service, settings := range l.world.services {
		if err := l.box.SetConditions(service, fault.Conditions{Settings: settings, Latency: fault.Duration(perCall)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) close() error {
	var errs []error
	for _, l := range r.worlds {
		if l.server != nil {
			errs = append(errs, l.server.Close())
		}
		if l.resolver != nil {
			errs = append(errs, l.resolver.Shutdown())
		}
		errs = append(errs, l.box.Close())
	}
	return errors.Join(errs...)
}
