package provider

import (
	"context"
	"fmt"
	"strings"
)

// verifier is how the domains of one service are verified.
type verifier struct {
	// canonical gives the one form of all spellings of an ID.
	canonical func(id string) (string, error)
	// find finds the domain of an ID: a fresh one as it is at this moment, else as
	// the lists of a refresh have it.
	find func(s *Run, ctx context.Context, id string, fresh bool) (verifiable, error)
}

// verifiers are those of all services that verify domains, by what IDs begin with.
var verifiers = map[string]verifier{
	serviceSendGrid: {canonical: senderIDSpelling.canonical, find: (*Run).verifiableSendGrid},
	serviceOcteth:   {canonical: octethVerifiableSpelling.canonical, find: (*Run).verifiableOcteth},
	serviceYandex:   {canonical: domainIDSpelling.canonical, find: (*Run).verifiableYandex},
}

// verifierOf is that of an ID.
func verifierOf(id string) (verifier, error) {
	service, _, _ := strings.Cut(id, "/")
	if v, ok := verifiers[service]; ok {
		return v, nil
	}
	return verifier{}, fmt.Errorf("%q is not the id of a domain that a service verifies, such as %q: use the id attribute of the resource that makes the domain", id, serviceSendGrid+"/45373692")
}

// verifiableIDSpelling compares IDs of domains that are verified.
var verifiableIDSpelling = spelling{"the id of a domain that is verified", func(id string) (string, error) {
	v, err := verifierOf(id)
	if err != nil {
		return "", err
	}
	return v.canonical(id)
}}

// verifiable finds the domain of a verification.
func (r *Run) verifiable(ctx context.Context, id string, fresh bool) (verifiable, error) {
	v, err := verifierOf(id)
	if err != nil {
		return nil, err
	}
	return v.find(r, ctx, id, fresh)
}
