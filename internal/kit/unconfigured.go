package kit

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// undecidedError is an api.ErrNotConfigured that may resolve itself: an attribute of the provider
// configuration is not known yet. It is an error at apply only.
type undecidedError struct{ cause *api.Error }

func (e undecidedError) Error() string { return e.cause.Error() }

// Unwrap returns the *api.Error.
func (e undecidedError) Unwrap() error { return e.cause }

// isUnconfigured reports whether an error means that credentials are missing and will not become
// known during the run. Then the apply cannot work either.
func isUnconfigured(err error) bool {
	var undecided undecidedError
	return errors.Is(err, api.ErrNotConfigured) && !errors.As(err, &undecided)
}

// Unconfigured returns why a service can be used neither at plan nor at apply. It returns nil if
// the service can be used, or if that is not known yet. In the sandbox every service can be used.
func (r *Run) Unconfigured(service string) error {
	if r == nil || r.box != nil {
		return nil
	}
	s, ok := Named(With[Opener](r.services), service)
	if !ok {
		return nil
	}
	if err := s.Open(r); isUnconfigured(err) {
		return err
	}
	return nil
}

// RequireAtPlan adds an error at plan if an apply could not use the service. The error is the one
// that the apply would give. Call it only for changes that call the service: a plan that calls
// nothing needs no credentials.
func (r *Run) RequireAtPlan(service, summary string, diags *diag.Diagnostics) {
	if err := r.Unconfigured(service); err != nil {
		AddError(diags, summary, err)
	}
}
