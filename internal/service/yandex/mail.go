package yandex

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

// The records of every domain at Yandex.Mail for Domain.
const (
	yandexProofTarget = "mail.yandex.ru" // of the CNAME that proves the ownership
	yandexMX          = "mx.yandex.net"
	yandexMXPriority  = 10
	yandexSPF         = "v=spf1 include:_spf.yandex.net ~all"
)

// MailRules implements MailService.
func (Service) MailRules() mail.Rules {
	const noHashes = "It takes passwords only, not their hashes. Set password_wo and password_wo_version, or password."
	return mail.Rules{
		Variable: yandexTokenVariable,
		Lacks: map[string]string{
			"first_account":    "A domain is registered there without an account. Remove first_account, and add accounts as postmaster_mail_user.",
			"mx_hostname":      "Its mail always goes to " + yandexMX + ". Remove mx_hostname: dns_records has the records mx and spf without it.",
			"password_hash":    noHashes,
			"password_hash_wo": noHashes,
			"keepers":          "It has one key for a domain, which can be enabled and disabled and not be made anew. Remove keepers.",
		},
		CheckPassword: func(localPart, password string) string {
			if err := yandexapi.CheckPassword(localPart, password); err != nil {
				return yandexTitle + " would refuse it: " + err.Error() + "."
			}
			return ""
		},
		CheckLocalPart: func(localPart string) string {
			if err := yandexapi.CheckLocalPart(localPart); err != nil {
				return yandexTitle + " would refuse it: " + err.Error() + "."
			}
			return ""
		},
		Records: yandexRecords,
		Words:   yandexWords,
	}
}

// Mail implements MailService.
func (Service) Mail(run *kit.Run) (mail.Mail, error) {
	s, err := openYandexMail(run)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// OwnershipProof implements OwnershipProver.
func (Service) OwnershipProof(ctx context.Context, run *kit.Run, domain string) (mail.OwnershipProof, error) {
	s, err := openYandexMail(run)
	if err != nil {
		return mail.OwnershipProof{}, err
	}
	d, err := s.client.RegistrationStatus(ctx, domain)
	return yandexProof(d), err
}

// DKIMSelector implements DKIMSigner.
func (Service) DKIMSelector() string { return yandexapi.DKIMSelector }

// DKIMSwitch implements DKIMSwitcher.
func (Service) DKIMSwitch(run *kit.Run) (mail.DKIMSwitch, error) {
	s, err := openYandexMail(run)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openYandexMail makes the client.
func openYandexMail(run *kit.Run) (yandexMail, error) {
	client, err := kit.PartOf[*Account](run).Client()
	return yandexMail{run, client}, err
}

// yandexRecords are the same for every domain but for the name of the one that proves
// the ownership, which the registration tells. Only a domain that was proven before it
// was imported is without that one.
func yandexRecords(d mail.DomainFacts) types.Map {
	records := map[string]kit.DNSRecord{
		yandexMXKey: {Name: d.Name, Type: "MX", Value: types.StringValue(yandexMX), Priority: types.Int64Value(yandexMXPriority)},
		"spf":       {Name: d.Name, Type: "TXT", Value: types.StringValue(yandexSPF), Priority: types.Int64Null()},
	}
	if d.Ownership != nil {
		records[yandexProofKey] = kit.DNSRecord{Name: d.Ownership.CNAMEName, Type: "CNAME", Value: types.StringValue(yandexProofTarget), Priority: types.Int64Null()}
	}
	return kit.DNSRecordsValue(records)
}

// yandexMail is Yandex.Mail for Domain as one of the mail services.
type yandexMail struct {
	run    *kit.Run
	client *yandexapi.Client
}

// CreateDomain implements Mail.
func (s yandexMail) CreateDomain(ctx context.Context, name string, _ mail.NewMailbox) (mail.OwnershipProof, error) {
	d, err := s.client.Register(ctx, name)
	if errors.Is(err, yandexapi.Occupied) {
		err = mail.ForeignError{Cause: err}
	}
	return yandexProof(d), err
}

// yandexProof is what the service asks for while a domain is not proven.
func yandexProof(d yandexapi.Domain) mail.OwnershipProof {
	if d.Secrets == nil {
		return mail.OwnershipProof{}
	}
	name, target := d.Secrets.CNAME(d.Name)
	return mail.OwnershipProof{
		CNAMEName: types.StringValue(name), CNAMEValue: types.StringValue(target),
		FileName: types.StringValue(d.Secrets.File()), FileContent: types.StringValue(d.Secrets.Content),
	}
}

// FindDomain implements Mail.
func (s yandexMail) FindDomain(ctx context.Context, name string) error {
	_, err := s.client.Domain(ctx, name)
	return err
}

// Domains implements Mail.
func (s yandexMail) Domains(ctx context.Context) ([]mail.MailDomain, error) {
	listed, err := s.client.Domains(ctx)
	out := make([]mail.MailDomain, len(listed))
	for i, d := range listed {
		out[i] = mail.MailDomain{Name: d.Name, Accounts: types.Int64Value(int64(d.Accounts))}
	}
	return out, err
}

// IsUnused implements UnusedDomains. It is true of a domain that was never proven to be
// ours: the service makes no mailboxes in it.
func (s yandexMail) IsUnused(ctx context.Context, name string, fresh bool) (bool, error) {
	return s.client.IsUnused(ctx, name, fresh)
}

// DeleteDomain implements Mail.
func (s yandexMail) DeleteDomain(ctx context.Context, name string) error {
	return s.client.DeleteDomain(ctx, name)
}

// CreateMailbox implements Mail.
func (s yandexMail) CreateMailbox(ctx context.Context, email string, p mail.Passwords, profile mail.MailProfile) (mail.Mailbox, error) {
	_, domain, _ := strings.Cut(email, "@")
	if err := s.awaitOwnership(ctx, domain); err != nil {
		return mail.Mailbox{}, err
	}
	password, _ := p.Plain()
	account, err := s.client.CreateAccount(ctx, email, password, yandexProfile(profile))
	if errors.Is(err, yandexapi.Occupied) || errors.Is(err, api.ErrConflict) && s.isMailingList(ctx, email) {
		err = mail.ForeignError{Cause: err}
	}
	return yandexMailbox(account), err
}

// isMailingList is whether an address is that of a mailing list, which is no mailbox
// although the service lists it among them.
func (s yandexMail) isMailingList(ctx context.Context, email string) bool {
	account, err := s.client.Account(ctx, email)
	return err == nil && account.MailingList
}

// Mailbox implements Mail.
func (s yandexMail) Mailbox(ctx context.Context, email string) (mail.Mailbox, error) {
	account, err := s.client.Account(ctx, email)
	if err == nil && account.MailingList {
		err = &api.Error{Service: yandexTitle, Op: "read account", Object: email, Kind: api.ErrNotFound, Answer: "the address is that of a mailing list, which is no mailbox"}
	}
	return yandexMailbox(account), err
}

// Mailboxes implements Mail.
func (s yandexMail) Mailboxes(ctx context.Context, domain string) ([]mail.Mailbox, error) {
	accounts, err := s.client.Accounts(ctx, domain)
	var out []mail.Mailbox
	for _, account := range accounts {
		if !account.MailingList {
			out = append(out, yandexMailbox(account))
		}
	}
	return out, err
}

func yandexMailbox(a yandexapi.Account) mail.Mailbox {
	return mail.Mailbox{Email: a.Email, Profile: mail.MailProfile{
		FirstName: types.StringValue(a.FirstName), LastName: types.StringValue(a.LastName), Enabled: types.BoolValue(a.Enabled),
	}}
}

// yandexProfile has what is to be set.
func yandexProfile(p mail.MailProfile) yandexapi.Profile {
	return yandexapi.Profile{
		FirstName: p.FirstName.ValueStringPointer(), LastName: p.LastName.ValueStringPointer(), Enabled: p.Enabled.ValueBoolPointer(),
	}
}

// ChangeMailbox implements Mail.
func (s yandexMail) ChangeMailbox(ctx context.Context, email string, p mail.Passwords, profile mail.MailProfile) (mail.Mailbox, error) {
	changes := yandexapi.Changes{Profile: yandexProfile(profile)}
	if password, ok := p.Plain(); ok {
		changes.Password = &password
	}
	account, err := s.client.UpdateAccount(ctx, email, changes)
	return yandexMailbox(account), err
}

// DeleteMailbox implements Mail.
func (s yandexMail) DeleteMailbox(ctx context.Context, email string) error {
	return s.client.DeleteAccount(ctx, email)
}

// DKIMKey implements DKIMReader.
func (s yandexMail) DKIMKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	status, err := s.client.DKIM(ctx, domain)
	if err != nil || !status.Enabled {
		return nil, err
	}
	return yandexKey(domain, status)
}

// EnableDKIM implements DKIMSwitch.
func (s yandexMail) EnableDKIM(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	status, err := s.client.EnableDKIM(ctx, domain)
	if err != nil {
		return nil, err
	}
	return yandexKey(domain, status)
}

// DisableDKIM implements DKIMSwitch.
func (s yandexMail) DisableDKIM(ctx context.Context, domain string) error {
	return s.client.DisableDKIM(ctx, domain)
}

func yandexKey(domain string, status yandexapi.DKIM) (*mailrecord.DKIMZoneRecord, error) {
	key, err := mailrecord.ParseDKIM(status.TXTRecord)
	if err != nil {
		return nil, fmt.Errorf("the record of the DKIM key of %s at %s is unreadable: %w", domain, yandexTitle, err)
	}
	return &mailrecord.DKIMZoneRecord{Selector: yandexapi.DKIMSelector, Domain: domain, Text: status.TXTRecord, Key: key}, nil
}
