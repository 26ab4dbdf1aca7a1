package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Service is a [kit.Service] that verifies domains by their DNS records.
type Service interface {
	kit.Service
	// Words returns texts about the domains that the service verifies.
	VerifyWords() Words
	// CanonicalID returns the one form of all spellings of a domain's ID.
	CanonicalID(id string) (string, error)
	// Verifiable finds the domain with an ID. If fresh is set, it reads the current status.
	// Otherwise it uses the lists of a refresh.
	Verifiable(ctx context.Context, run *kit.Run, id string, fresh bool) (Verifiable, error)
}

// Words are a service's texts, for documentation and messages, about the domains that it verifies.
type Words struct {
	// Resource is the resource whose id names such a domain, in Markdown with its article, such as
	// "a `postmaster_sender_domain`".
	Resource string
	// ExampleID is such an ID.
	ExampleID string
}

// Verifiable is a domain that a service verifies by its DNS records.
type Verifiable interface {
	// Title is the service's name for people.
	Title() string
	// Domain is the name of the domain.
	Domain() string
	// Records returns the records that the service looks for, by key.
	Records() map[string]dns.Record
	// Valid reports whether the domain was verified when it was read.
	Valid() bool
	// Verify makes the service check the domain now. Reasons are the service's own texts about the
	// records that fail, by key. An error that may pass by itself matches api.ErrUnavailable or
	// api.ErrRateLimited. [ErrWithheld] means that the error concerns only this domain.
	Verify(ctx context.Context) (valid bool, reasons map[string]string, err error)
}

// Dispensable is a [Verifiable] that does not need all of its records, because something that only
// the service can see replaces them. The service is asked even if these records are missing.
type Dispensable interface {
	// Dispensable reports whether the domain does not need a record.
	Dispensable(record dns.Record) bool
}

// ErrWithheld means that somebody has switched off a domain at the service. Its records do not
// matter then.
var ErrWithheld = errors.New("switched off")

// verifiers are all services that verify domains.
type verifiers []Service

// of returns the service that an ID belongs to.
func (all verifiers) of(id string) (Service, error) {
	name, _, _ := strings.Cut(id, "/")
	if service, ok := kit.Named(all, name); ok {
		return service, nil
	}
	var examples []string
	for _, service := range all {
		examples = append(examples, strconv.Quote(service.VerifyWords().ExampleID))
	}
	return nil, fmt.Errorf("%q is not the id of a domain that a service verifies, such as %s: use the id attribute of the resource that makes the domain", id, kit.List(examples, "or"))
}

// spelling returns the spelling of IDs of domains that a service verifies.
func (all verifiers) spelling() kit.Spelling {
	return kit.Spelling{What: "the id of a domain that is verified", Canonical: func(id string) (string, error) {
		service, err := all.of(id)
		if err != nil {
			return "", err
		}
		return service.CanonicalID(id)
	}}
}

// find finds the domain of a verification; see [Service].
func (all verifiers) find(ctx context.Context, run *kit.Run, id string, fresh bool) (Verifiable, error) {
	service, err := all.of(id)
	if err != nil {
		return nil, err
	}
	return service.Verifiable(ctx, run, id, fresh)
}

// resources lists the resources that create such domains, in Markdown.
func (all verifiers) resources() string {
	var resources []string
	for _, service := range all {
		if resource := service.VerifyWords().Resource; !slices.Contains(resources, resource) {
			resources = append(resources, resource)
		}
	}
	return strings.Join(resources, ", or of ")
}
