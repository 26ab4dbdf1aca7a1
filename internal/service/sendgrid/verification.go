package sendgrid

import (
	"context"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
)

// VerifyWords implements [verify.Service].
func (Service) VerifyWords() verify.Words {
	return verify.Words{Resource: "a `postmaster_sender_domain`", ExampleID: exampleID}
}

// CanonicalID implements [verify.Service].
func (Service) CanonicalID(text string) (string, error) {
	id, err := parseDomainID(text)
	return id.String(), err
}

// Verifiable implements [verify.Service].
func (Service) Verifiable(ctx context.Context, run *kit.Run, text string, fresh bool) (verify.Verifiable, error) {
	id, err := parseDomainID(text)
	if err != nil {
		return nil, err
	}
	client, d, err := kit.PartOf[*Account](run).find(ctx, id, fresh)
	if err != nil {
		return nil, err
	}
	return &verification{client: client, found: d}, nil
}

// verification is the verification of a domain at SendGrid.
type verification struct {
	client *sendgridapi.Client
	found  sendgridapi.Domain
}

// Title implements [verify.Verifiable].
func (v *verification) Title() string { return serviceTitle }

// Domain implements [verify.Verifiable].
func (v *verification) Domain() string { return v.found.Domain }

// Valid implements [verify.Verifiable].
func (v *verification) Valid() bool { return v.found.Valid }

// Records implements [verify.Verifiable].
func (v *verification) Records() map[string]dns.Record {
	out := map[string]dns.Record{}
	for key, r := range v.found.Records {
		record, err := dns.NewRecord(r.Name, r.Type, r.Data)
		if err != nil {
			record = dns.Record{Name: r.Name, Type: r.Type, Value: r.Data}
		}
		record.Priority = r.Priority
		out[key] = record
	}
	return out
}

// Verify implements [verify.Verifiable].
func (v *verification) Verify(ctx context.Context) (bool, map[string]string, error) {
	got, err := v.client.Validate(ctx, v.found.Ref())
	reasons := map[string]string{}
	for key, result := range got.Results {
		if !result.Valid {
			reasons[key] = result.Reason
		}
	}
	return got.Valid, reasons, err
}
