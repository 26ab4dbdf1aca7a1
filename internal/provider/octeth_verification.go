package provider

import (
	"context"
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// VerifyWords implements VerifyService.
func (octethService) VerifyWords() VerifyWords {
	return VerifyWords{Resource: "a `postmaster_sender_domain`", ExampleID: octethExampleID}
}

// CanonicalID implements VerifyService.
func (octethService) CanonicalID(text string) (string, error) {
	id, err := parseRegisteredOctethID(text)
	return id.String(), err
}

// Verifiable implements VerifyService. The list that the domain is from is read again
// after each change of this run, so that it is always fresh enough.
func (octethService) Verifiable(ctx context.Context, run *Run, text string, _ bool) (Verifiable, error) {
	id, err := parseRegisteredOctethID(text)
	if err != nil {
		return nil, err
	}
	client, err := PartOf[*octethAccount](run).Client()
	if err != nil {
		return nil, err
	}
	d, err := client.Domain(ctx, id.Kind, id.Number)
	if err != nil {
		return nil, err
	}
	return &octethVerification{client: client, found: d}, nil
}

// octethVerification is a domain that Octeth verifies. Its records are not known to
// versions before 5.9.1 until they are first verified.
type octethVerification struct {
	client *octethapi.Client
	found  octethapi.SenderDomain
}

func (v *octethVerification) Title() string { return octethTitle }

func (v *octethVerification) Domain() string { return v.found.Domain }

func (v *octethVerification) Valid() bool { return v.found.Status == octethapi.Enabled }

func (v *octethVerification) Records() map[string]dns.Record {
	return octethRecords(v.found.Domain, v.found.Records)
}

func (v *octethVerification) Verify(ctx context.Context) (bool, map[string]string, error) {
	got, err := v.client.VerifyShared(ctx, v.found.Kind, v.found.ID)
	if err != nil {
		return false, nil, err
	}
	if got.Records != nil {
		v.found.Records = got.Records
	}
	reasons := map[string]string{}
	for key, r := range v.Records() {
		if seen := v.found.Records[r.Name].Verified; !got.Verified && seen != nil && !*seen {
			reasons[key] = "missing or wrong (Octeth does not say which)"
		}
	}
	return got.Status == octethapi.Enabled, reasons, v.blocked(got)
}

// blocked is why a domain may not send that has, or has not, had its records seen.
func (v *octethVerification) blocked(got octethapi.Verification) error {
	e := &api.Error{Service: octethTitle, Op: "verify", Object: v.found.Domain}
	switch {
	case got.Status == octethapi.Enabled:
		return nil
	case got.Status == octethapi.Disabled:
		e.Kind = ErrWithheld
		e.Answer = "the domain is disabled by its user, whatever its records are"
		e.Advice = "Enable it in Octeth, among the user's sender domains, and apply again"
	case got.Status == octethapi.Suspended:
		e.Kind = ErrWithheld
		e.Answer = "the domain is suspended by the operator of the installation, whatever its records are"
		e.Advice = "Ask the operator to take the suspension back, and apply again"
	case got.Verified:
		e.Kind = api.ErrUnavailable // somebody may be about to approve it
		e.Answer = fmt.Sprintf("all records have been seen, but the domain's status is still %q", got.Status)
		e.Advice = "Where the installation has an operator approve domains, ask for it, and apply again"
	default:
		return nil
	}
	return e
}
