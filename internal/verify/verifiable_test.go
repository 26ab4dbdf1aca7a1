package verify

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// verifyingService is a service that verifies domains.
type verifyingService struct {
	kit.Service
	name, resource string
}

func (s verifyingService) Name() string { return s.name }

func (s verifyingService) VerifyWords() Words {
	return Words{Resource: s.resource, ExampleID: s.name + "/1"}
}

func (s verifyingService) CanonicalID(id string) (string, error) { return strings.ToLower(id), nil }

func (s verifyingService) Verifiable(_ context.Context, _ *kit.Run, id string, _ bool) (Verifiable, error) {
	return nil, errors.New(s.name + " has no " + id)
}

// The first part of an ID chooses the service. An ID of no service is refused.
func TestVerifierOfAnID(t *testing.T) {
	t.Parallel()
	all := verifiers{
		verifyingService{name: "north", resource: "a `thing`"},
		verifyingService{name: "south", resource: "a `thing`"},
		verifyingService{name: "west", resource: "another"},
	}
	if got, err := all.spelling().Canonical("south/A"); got != "south/a" || err != nil {
		t.Errorf("it is %q, %v", got, err)
	}
	if _, err := all.find(t.Context(), nil, "west/2", true); err == nil || err.Error() != "west has no west/2" {
		t.Errorf("the error is %v", err)
	}
	const refused = `"east/3" is not the id of a domain that a service verifies, such as "north/1", "south/1" or "west/1": use the id attribute of the resource that makes the domain`
	if _, err := all.spelling().Canonical("east/3"); err == nil || err.Error() != refused {
		t.Errorf("the error is %v", err)
	}
	if _, err := all.find(t.Context(), nil, "east/3", false); err == nil || err.Error() != refused {
		t.Errorf("the error is %v", err)
	}
	if got := all.resources(); got != "a `thing`, or of another" {
		t.Errorf("the resources are %q", got)
	}
}
