package yandex

import (
	"cmp"
	"context"
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
)

// VerifyWords implements [verify.Service].
func (Service) VerifyWords() verify.Words {
	return verify.Words{Resource: "a `postmaster_mail_domain` at " + serviceTitle, ExampleID: serviceName + "/example.com"}
}

// CanonicalID implements [verify.Service].
func (Service) CanonicalID(text string) (string, error) {
	id, err := mail.ParseDomainID(text)
	return id.String(), err
}

// Verifiable implements [verify.Service]. Only the call that starts a check returns what proves a
// domain's ownership. A refresh does not make that call.
func (Service) Verifiable(ctx context.Context, run *kit.Run, text string, fresh bool) (verify.Verifiable, error) {
	id, err := mail.ParseDomainID(text)
	if err != nil {
		return nil, err
	}
	client, err := kit.PartOf[*Account](run).Client()
	if err != nil {
		return nil, err
	}
	find := client.Domain
	if fresh {
		find = client.RegistrationStatus
	}
	d, err := find(ctx, id.Domain)
	if err != nil {
		return nil, err
	}
	return &verification{client: client, found: d}, nil
}

// verification is the verification of a domain at Yandex.Mail for Domain: first its ownership, then
// its MX record.
type verification struct {
	client *yandexapi.Client
	found  yandexapi.Domain
}

// The records that Yandex checks, by their keys in dns_records.
const (
	proofKey = "ownership"
	mxKey    = "mx"
)

// Title implements [verify.Verifiable].
func (v *verification) Title() string { return serviceTitle }

// Domain implements [verify.Verifiable].
func (v *verification) Domain() string { return v.found.Name }

// Valid implements [verify.Verifiable].
func (v *verification) Valid() bool { return v.found.Status == yandexapi.Added }

// Records implements [verify.Verifiable].
func (v *verification) Records() map[string]dns.Record {
	out := map[string]dns.Record{
		mxKey: {Name: v.found.Name, Type: "MX", Value: mxHost, Priority: mxPriority},
	}
	if v.found.Secrets != nil {
		name, target := v.found.Secrets.CNAME(v.found.Name)
		out[proofKey] = dns.Record{Name: name, Type: "CNAME", Value: target}
	}
	return out
}

// Dispensable reports whether a record is the CNAME that proves the ownership. A file on the
// domain's web site proves it as well, and only Yandex looks at that.
func (v *verification) Dispensable(r dns.Record) bool { return r.Type == "CNAME" }

// Verify implements [verify.Verifiable].
func (v *verification) Verify(ctx context.Context) (bool, map[string]string, error) {
	d, err := v.client.RegistrationStatus(ctx, v.found.Name)
	if err != nil {
		return false, nil, err
	}
	v.found = d
	if v.Valid() {
		return true, nil, nil
	}
	key := mxKey
	if d.Secrets != nil {
		key = proofKey
	}
	return false, map[string]string{key: checkOf(d)}, nil
}

// checkOf quotes what Yandex says about its last check.
func checkOf(d yandexapi.Domain) string {
	return fmt.Sprintf("check_results %q at status %s (last check: %s, next: %s)",
		d.CheckResults, d.Status, cmp.Or(d.LastCheck, "none yet"), cmp.Or(d.NextCheck, "unknown"))
}
