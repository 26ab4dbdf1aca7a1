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
func (Service) VerifyWords() verify.VerifyWords {
	return verify.VerifyWords{Resource: "a `postmaster_mail_domain` at " + yandexTitle, ExampleID: serviceYandex + "/example.com"}
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
	return &yandexVerification{client: client, found: d}, nil
}

// yandexVerification is the verification of a domain at Yandex.Mail for Domain: first its
// ownership, then its MX record.
type yandexVerification struct {
	client *yandexapi.Client
	found  yandexapi.Domain
}

// The records that Yandex checks, by their keys in dns_records.
const (
	yandexProofKey = "ownership"
	yandexMXKey    = "mx"
)

// Title implements [verify.Verifiable].
func (v *yandexVerification) Title() string { return yandexTitle }

// Domain implements [verify.Verifiable].
func (v *yandexVerification) Domain() string { return v.found.Name }

// Valid implements [verify.Verifiable].
func (v *yandexVerification) Valid() bool { return v.found.Status == yandexapi.Added }

// Records implements [verify.Verifiable].
func (v *yandexVerification) Records() map[string]dns.Record {
	out := map[string]dns.Record{
		yandexMXKey: {Name: v.found.Name, Type: "MX", Value: yandexMX, Priority: yandexMXPriority},
	}
	if v.found.Secrets != nil {
		name, target := v.found.Secrets.CNAME(v.found.Name)
		out[yandexProofKey] = dns.Record{Name: name, Type: "CNAME", Value: target}
	}
	return out
}

// Dispensable reports whether a record is the CNAME that proves the ownership. A file on the
// domain's web site proves it as well, and only Yandex looks at that.
func (v *yandexVerification) Dispensable(r dns.Record) bool { return r.Type == "CNAME" }

// Verify implements [verify.Verifiable].
func (v *yandexVerification) Verify(ctx context.Context) (bool, map[string]string, error) {
	d, err := v.client.RegistrationStatus(ctx, v.found.Name)
	if err != nil {
		return false, nil, err
	}
	v.found = d
	if v.Valid() {
		return true, nil, nil
	}
	key := yandexMXKey
	if d.Secrets != nil {
		key = yandexProofKey
	}
	return false, map[string]string{key: checkOf(d)}, nil
}

// checkOf quotes what Yandex says about its last check.
func checkOf(d yandexapi.Domain) string {
	return fmt.Sprintf("check_results %q at status %s (last check: %s, next: %s)",
		d.CheckResults, d.Status, cmp.Or(d.LastCheck, "none yet"), cmp.Or(d.NextCheck, "unknown"))
}
