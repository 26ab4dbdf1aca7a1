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

// VerifyWords implements VerifyService.
func (Service) VerifyWords() verify.VerifyWords {
	return verify.VerifyWords{Resource: "a `postmaster_mail_domain` at " + yandexTitle, ExampleID: serviceYandex + "/example.com"}
}

// CanonicalID implements VerifyService.
func (Service) CanonicalID(text string) (string, error) {
	id, err := mail.ParseDomainID(text)
	return id.String(), err
}

// Verifiable implements VerifyService. What proves a domain's ownership is told only by
// the call that starts a check, which a refresh does not make.
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

// yandexVerification is a domain that Yandex.Mail for Domain verifies, first by the
// ownership and then by the MX record.
type yandexVerification struct {
	client *yandexapi.Client
	found  yandexapi.Domain
}

// The records that are looked for, by the keys that dns_records has for them.
const (
	yandexProofKey = "ownership"
	yandexMXKey    = "mx"
)

func (v *yandexVerification) Title() string { return yandexTitle }

func (v *yandexVerification) Domain() string { return v.found.Name }

func (v *yandexVerification) Valid() bool { return v.found.Status == yandexapi.Added }

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

// Dispensable is the proof by a record: a file of the domain's web site does as well,
// which only the service looks at.
func (v *yandexVerification) Dispensable(r dns.Record) bool { return r.Type == "CNAME" }

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

// checkOf is what the service says of its last check, in its own words.
func checkOf(d yandexapi.Domain) string {
	return fmt.Sprintf("check_results %q at status %s (last check: %s, next: %s)",
		d.CheckResults, d.Status, cmp.Or(d.LastCheck, "none yet"), cmp.Or(d.NextCheck, "not told"))
}
