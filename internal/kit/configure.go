package kit

import (
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Configure lets a service read its block into the run. A service with a client of its own has to
// put its account into the run; if it does not, that is an error that names the service. The first
// use of the client would panic otherwise.
func (r *Run) Configure(s Service, b Block, diags *diag.Diagnostics) {
	s.Configure(r, b, diags)
	if _, has := s.(Opener); has && !r.hasPartOf(s) {
		diags.AddError("The provider is incomplete", fmt.Sprintf("The service %q has put no account into the run, so it cannot be used. "+
			"Its method Configure has to call kit.Put. This is a mistake in the provider, and not in the configuration: please report it.", s.Name()))
	}
}

// hasPartOf reports whether the run has a part whose type is from the package of the service.
func (r *Run) hasPartOf(s Service) bool {
	own := packageOf(reflect.TypeOf(s))
	r.mu.Lock()
	defer r.mu.Unlock()
	for part := range r.parts {
		if packageOf(part) == own {
			return true
		}
	}
	return false
}

// packageOf returns the path of the package that declares a type, or the type that a pointer points
// to.
func packageOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath()
}
