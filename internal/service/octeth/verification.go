package octeth

import (
	"context"
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
)

// VerifyWords implements [verify.Service].
func (Service) VerifyWords() verify.Words {
	return verify.Words{Resource: "a `postmaster_sender_domain`", ExampleID: exampleID}
}

// CanonicalID implements [verify.Service].
func (Service) CanonicalID(text string) (string, error) {
	id, err := parseRegisteredID(text)
	return id.String(), err
}

// Verifiable implements [verify.Service]. The list of domains is read again after each change in
// this run, so it is always fresh.
func (Service) Verifiable(ctx context.Context, run *kit.Run, text string, _ bool) (verify.Verifiable, error) {
	id, err := parseRegisteredID(text)
	if err != nil {
		return nil, err
	}
	client, err := kit.PartOf[*Account](run).Client()
	if err != nil {
		return nil, err
	}
	d, err := client.Domain(ctx, id.Kind, id.Number)
	if err != nil {
		return nil, err
	}
	return &verification{Client: client, Found: d}, nil
}

// verification is the verification of a domain at Octeth. Versions before 5.9.1 return its records
// only when they verify it for the first time.
type verification struct {
	Client *octethapi.Client
	Found  octethapi.SenderDomain
}

// Title implements [verify.Verifiable].
func (v *verification) Title() string { return serviceTitle }

// Domain implements [verify.Verifiable].
func (v *verification) Domain() string { return v.Found.Domain }

// Valid implements [verify.Verifiable].
func (v *verification) Valid() bool { return v.Found.Status == octethapi.Enabled }

// Records implements [verify.Verifiable].
func (v *verification) Records() map[string]dns.Record {
	return recordsOf(v.Found.Domain, v.Found.Records)
}

// Verify implements [verify.Verifiable].
func (v *verification) Verify(ctx context.Context) (bool, map[string]string, error) {
	got, err := v.Client.VerifyShared(ctx, v.Found.Kind, v.Found.ID)
	if err != nil {
		return false, nil, err
	}
	if got.Records != nil {
		v.Found.Records = got.Records
	}
	reasons := map[string]string{}
	for key, r := range v.Records() {
		if seen := v.Found.Records[r.Name].Verified; !got.Verified && seen != nil && !*seen {
			reasons[key] = "missing or wrong (Octeth does not say which)"
		}
	}
	return got.Status == octethapi.Enabled, reasons, v.Blocked(got)
}

// Blocked returns an error that says why a domain cannot send although its records are seen, or
// whatever its records are. It returns nil if only the records are missing.
func (v *verification) Blocked(got octethapi.Verification) error {
	e := &api.Error{Service: serviceTitle, Op: "verify", Object: v.Found.Domain}
	switch {
	case got.Status == octethapi.Enabled:
		return nil
	case got.Status == octethapi.Disabled:
		e.Kind = verify.ErrWithheld
		e.Answer = "the domain is disabled by its user, whatever its records are"
		e.Advice = "Enable it in Octeth, among the user's sender domains, and apply again"
	case got.Status == octethapi.Suspended:
		e.Kind = verify.ErrWithheld
		e.Answer = "the domain is suspended by the operator of the installation, whatever its records are"
		e.Advice = "Ask the operator to lift the suspension, and apply again"
	case got.Verified:
		e.Kind = api.ErrUnavailable // somebody may be about to approve it
		e.Answer = fmt.Sprintf("all records have been seen, but the domain's status is still %q", got.Status)
		e.Advice = "If an operator of the installation has to approve domains, ask for the approval, and apply again"
	default:
		return nil
	}
	return e
}
