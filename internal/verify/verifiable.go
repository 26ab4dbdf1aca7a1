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

// Service is a service that verifies domains by their DNS records.
type Service interface {
	kit.Service
	// VerifyWords are what is said of the domains that it verifies.
	VerifyWords() VerifyWords
	// CanonicalID gives the one form of all spellings of the ID of a domain.
	CanonicalID(id string) (string, error)
	// Verifiable finds the domain of an ID: a fresh one as it is at this moment, else as
	// the lists of a refresh have it.
	Verifiable(ctx context.Context, run *kit.Run, id string, fresh bool) (Verifiable, error)
}

// VerifyWords are what documentation and messages say of the domains that a service
// verifies.
type VerifyWords struct {
	// Resource is the resource whose id names such a domain, in Markdown and with its
	// article, such as "a `postmaster_sender_domain`".
	Resource string
	// ExampleID is what such an ID looks like.
	ExampleID string
}

// Verifiable is a domain that a service verifies by its DNS records.
type Verifiable interface {
	// Title is the service, as people call it.
	Title() string
	// Domain is the name of the domain.
	Domain() string
	// Records are those that the service looks for, by key.
	Records() map[string]dns.Record
	// Valid is whether the service had verified it when it was read.
	Valid() bool
	// Verify has the service look now. reasons are its own words on the records
	// that fail, by key. An error that may pass by itself is one of
	// api.ErrUnavailable; [ErrWithheld] is one that is this domain's alone.
	Verify(ctx context.Context) (valid bool, reasons map[string]string, err error)
}

// Dispensable is a [Verifiable] that does without some of its records, because something
// that only the service can see stands in for them. The service is asked although these
// records are missing.
type Dispensable interface {
	// Dispensable is whether the domain does without a record.
	Dispensable(record dns.Record) bool
}

// ErrWithheld is a service's word that somebody has switched a domain off, so that its
// records do not matter.
var ErrWithheld = errors.New("switched off")

// verifiers are the services that verify domains.
type verifiers []Service

// of is the service of an ID.
func (all verifiers) of(id string) (Service, error) {
	name, _, _ := strings.Cut(id, "/")
	if service, ok := kit.Named(all, name); ok {
		return service, nil
	}
	var examples []string
	for _, service := range all {
		examples = append(examples, strconv.Quote(service.VerifyWords().ExampleID))
	}
	return nil, fmt.Errorf("%q is not the id of a domain that a service verifies, such as %s: use the id attribute of the resource that makes the domain", id, strings.Join(examples, " or "))
}

// spelling compares IDs of domains that are verified.
func (all verifiers) spelling() kit.Spelling {
	return kit.Spelling{What: "the id of a domain that is verified", Canonical: func(id string) (string, error) {
		service, err := all.of(id)
		if err != nil {
			return "", err
		}
		return service.CanonicalID(id)
	}}
}

// find finds the domain of a verification; see [VerifyService].
func (all verifiers) find(ctx context.Context, run *kit.Run, id string, fresh bool) (Verifiable, error) {
	service, err := all.of(id)
	if err != nil {
		return nil, err
	}
	return service.Verifiable(ctx, run, id, fresh)
}

// resources are those that make the domains, in Markdown.
func (all verifiers) resources() string {
	var resources []string
	for _, service := range all {
		if resource := service.VerifyWords().Resource; !slices.Contains(resources, resource) {
			resources = append(resources, resource)
		}
	}
	return strings.Join(resources, ", or of ")
}
