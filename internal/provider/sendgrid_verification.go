package provider

import (
	"context"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
)

// verifiableSendGrid finds the domain of a verification at SendGrid.
func (r *Run) verifiableSendGrid(ctx context.Context, text string, fresh bool) (verifiable, error) {
	id, err := parseSenderID(text)
	if err != nil {
		return nil, err
	}
	client, d, err := PartOf[*sendgridAccount](r).find(ctx, id, fresh)
	if err != nil {
		return nil, err
	}
	return &sendgridVerification{client: client, found: d}, nil
}

// sendgridVerification is a domain that SendGrid verifies.
type sendgridVerification struct {
	client *sendgrid.Client
	found  sendgrid.Domain
}

func (v *sendgridVerification) title() string { return sendgridTitle }

func (v *sendgridVerification) domain() string { return v.found.Domain }

func (v *sendgridVerification) valid() bool { return v.found.Valid }

func (v *sendgridVerification) records() map[string]dns.Record {
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

func (v *sendgridVerification) verify(ctx context.Context) (bool, map[string]string, error) {
	got, err := v.client.Validate(ctx, v.found.Ref())
	reasons := map[string]string{}
	for key, result := range got.Results {
		if !result.Valid {
			reasons[key] = result.Reason
		}
	}
	return got.Valid, reasons, err
}
