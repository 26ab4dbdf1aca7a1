package kit

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// undecidedError is an api.ErrNotConfigured that may go away by itself: an attribute of
// the provider's configuration is not known yet. Only an apply has to fail for it.
type undecidedError struct{ cause *api.Error }

func (e undecidedError) Error() string { return e.cause.Error() }

// Unwrap gives the *api.Error.
func (e undecidedError) Unwrap() error { return e.cause }

// IsUnconfigured is whether an error says that an apply cannot work either, because
// credentials are missing and are not about to become known.
func IsUnconfigured(err error) bool {
	var undecided undecidedError
	return errors.Is(err, api.ErrNotConfigured) && !errors.As(err, &undecided)
}

// Unconfigured is why a service cannot be used, at plan and at apply alike; nil if it can,
// or if that is not known yet. In the sandbox every service can be used.
func (r *Run) Unconfigured(service string) error {
	if r == nil || r.box != nil {
		return nil
	}
	s, ok := Named(With[Opener](r.services), service)
	if !ok {
		return nil
	}
	if err := s.Open(r); IsUnconfigured(err) {
		return err
	}
	return nil
}

// RequireAtPlan reports at plan that an apply could not use a service, in the words in
// which the apply would. It is for changes that call the service, and for no others: a
// plan that calls nothing needs no credentials.
func (r *Run) RequireAtPlan(service, summary string, diags *diag.Diagnostics) {
	if err := r.Unconfigured(service); err != nil {
		AddError(diags, summary, err)
	}
}
