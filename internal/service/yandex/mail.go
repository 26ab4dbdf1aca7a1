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
	proofTarget = "mail.yandex.ru" // target of the CNAME that proves the ownership
	mxHost      = "mx.yandex.net"
	mxPriority  = 10
	spfText     = "v=spf1 include:_spf.yandex.net ~all"
)

// MailRules implements [mail.Service].
func (Service) MailRules() mail.Rules {
	const noHashes = "It takes passwords only, not their hashes. Set password_wo and password_wo_version, or password."
	return mail.Rules{
		Variable: tokenVariable,
		Lacks: map[string]string{
			"first_account":    "It registers a domain without a first account. Remove first_account, and add mailboxes as postmaster_mail_user.",
			"mx_hostname":      "Its mail always goes to " + mxHost + ". Remove mx_hostname: dns_records has the records mx and spf without it.",
			"password_hash":    noHashes,
			"password_hash_wo": noHashes,
			"keepers":          "It has one key per domain, which can be enabled and disabled but not replaced. Remove keepers.",
		},
		CheckPassword: func(localPart, password string) string {
			if err := yandexapi.CheckPassword(localPart, password); err != nil {
				return serviceTitle + " would refuse it: " + err.Error() + "."
			}
			return ""
		},
		CheckLocalPart: func(localPart string) string {
			if err := yandexapi.CheckLocalPart(localPart); err != nil {
				return serviceTitle + " would refuse it: " + err.Error() + "."
			}
			return ""
		},
		Records: recordsOf,
		Words:   mailWords,
	}
}

// Mail implements [mail.Service].
func (Service) Mail(run *kit.Run) (mail.Mail, error) {
	s, err := openMail(run)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// OwnershipProof implements [mail.OwnershipProver].
func (Service) OwnershipProof(ctx context.Context, run *kit.Run, domain string) (mail.OwnershipProof, error) {
	s, err := openMail(run)
	if err != nil {
		return mail.OwnershipProof{}, err
	}
	d, err := s.client.RegistrationStatus(ctx, domain)
	return proofOf(d), err
}

// DKIMSelector implements [mail.DKIMSigner].
func (Service) DKIMSelector() string { return yandexapi.DKIMSelector }

// DKIMSwitch implements [mail.DKIMSwitcher].
func (Service) DKIMSwitch(run *kit.Run) (mail.DKIMSwitch, error) {
	s, err := openMail(run)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openMail returns Yandex.Mail for Domain as the mail service of a run.
func openMail(run *kit.Run) (mailAccount, error) {
	client, err := kit.PartOf[*Account](run).Client()
	return mailAccount{run, client}, err
}

// recordsOf returns the records of a domain. They are the same for every domain, except that the
// registration determines the name of the record that proves the ownership. Only a domain that was
// imported after its proof has no such record.
func recordsOf(d mail.DomainFacts) types.Map {
	records := map[string]kit.DNSRecord{
		mxKey: {Name: d.Name, Type: "MX", Value: types.StringValue(mxHost), Priority: types.Int64Value(mxPriority)},
		"spf": {Name: d.Name, Type: "TXT", Value: types.StringValue(spfText), Priority: types.Int64Null()},
	}
	if d.Ownership != nil {
		records[proofKey] = kit.DNSRecord{Name: d.Ownership.CNAMEName, Type: "CNAME", Value: types.StringValue(proofTarget), Priority: types.Int64Null()}
	}
	return kit.DNSRecordsValue(records)
}

// mailAccount adapts the client to the interfaces of package mail.
type mailAccount struct {
	run    *kit.Run
	client *yandexapi.Client
}

// CreateDomain implements [mail.Mail].
func (s mailAccount) CreateDomain(ctx context.Context, name string, _ mail.NewMailbox) (mail.OwnershipProof, error) {
	d, err := s.client.Register(ctx, name)
	if errors.Is(err, yandexapi.Occupied) {
		err = mail.ForeignError{Cause: err}
	}
	return proofOf(d), err
}

// proofOf returns the proof that the service asks for until a domain's ownership is proven.
func proofOf(d yandexapi.Domain) mail.OwnershipProof {
	if d.Secrets == nil {
		return mail.OwnershipProof{}
	}
	name, target := d.Secrets.CNAME(d.Name)
	return mail.OwnershipProof{
		CNAMEName: types.StringValue(name), CNAMEValue: types.StringValue(target),
		FileName: types.StringValue(d.Secrets.File()), FileContent: types.StringValue(d.Secrets.Content),
	}
}

// FindDomain implements [mail.Mail].
func (s mailAccount) FindDomain(ctx context.Context, name string) error {
	_, err := s.client.Domain(ctx, name)
	return err
}

// Domains implements [mail.Mail].
func (s mailAccount) Domains(ctx context.Context) ([]mail.Domain, error) {
	listed, err := s.client.Domains(ctx)
	out := make([]mail.Domain, len(listed))
	for i, d := range listed {
		out[i] = mail.Domain{Name: d.Name, Accounts: types.Int64Value(int64(d.Accounts))}
	}
	return out, err
}

// IsUnused implements [mail.UnusedDomains]. It is true for a domain whose ownership was never
// proven, because the service makes no mailboxes in it.
func (s mailAccount) IsUnused(ctx context.Context, name string, fresh bool) (bool, error) {
	return s.client.IsUnused(ctx, name, fresh)
}

// DeleteDomain implements [mail.Mail].
func (s mailAccount) DeleteDomain(ctx context.Context, name string) error {
	return s.client.DeleteDomain(ctx, name)
}

// CreateMailbox implements [mail.Mail].
func (s mailAccount) CreateMailbox(ctx context.Context, email string, p mail.Passwords, profile mail.Profile) (mail.Mailbox, error) {
	_, domain, _ := strings.Cut(email, "@")
	if err := s.awaitOwnership(ctx, domain); err != nil {
		return mail.Mailbox{}, err
	}
	password, _ := p.Plain()
	account, err := s.client.CreateAccount(ctx, email, password, profileOf(profile))
	if errors.Is(err, yandexapi.Occupied) || errors.Is(err, api.ErrConflict) && s.isMailingList(ctx, email) {
		err = mail.ForeignError{Cause: err}
	}
	return mailboxOf(account), err
}

// isMailingList reports whether an address is that of a mailing list. The service lists mailing
// lists among the mailboxes.
func (s mailAccount) isMailingList(ctx context.Context, email string) bool {
	account, err := s.client.Account(ctx, email)
	return err == nil && account.MailingList
}

// Mailbox implements [mail.Mail].
func (s mailAccount) Mailbox(ctx context.Context, email string) (mail.Mailbox, error) {
	account, err := s.client.Account(ctx, email)
	if err == nil && account.MailingList {
		err = &api.Error{Service: serviceTitle, Op: "read account", Object: email, Kind: api.ErrNotFound, Answer: "the address belongs to a mailing list, which is not a mailbox"}
	}
	return mailboxOf(account), err
}

// Mailboxes implements [mail.Mail].
func (s mailAccount) Mailboxes(ctx context.Context, domain string) ([]mail.Mailbox, error) {
	accounts, err := s.client.Accounts(ctx, domain)
	var out []mail.Mailbox
	for _, account := range accounts {
		if !account.MailingList {
			out = append(out, mailboxOf(account))
		}
	}
	return out, err
}

func mailboxOf(a yandexapi.Account) mail.Mailbox {
	return mail.Mailbox{Email: a.Email, Profile: mail.Profile{
		FirstName: types.StringValue(a.FirstName), LastName: types.StringValue(a.LastName), Enabled: types.BoolValue(a.Enabled),
	}}
}

// profileOf returns the attributes to set.
func profileOf(p mail.Profile) yandexapi.Profile {
	return yandexapi.Profile{
		FirstName: p.FirstName.ValueStringPointer(), LastName: p.LastName.ValueStringPointer(), Enabled: p.Enabled.ValueBoolPointer(),
	}
}

// ChangeMailbox implements [mail.Mail].
func (s mailAccount) ChangeMailbox(ctx context.Context, email string, p mail.Passwords, profile mail.Profile) (mail.Mailbox, error) {
	changes := yandexapi.Changes{Profile: profileOf(profile)}
	if password, ok := p.Plain(); ok {
		changes.Password = &password
	}
	account, err := s.client.UpdateAccount(ctx, email, changes)
	return mailboxOf(account), err
}

// DeleteMailbox implements [mail.Mail].
func (s mailAccount) DeleteMailbox(ctx context.Context, email string) error {
	return s.client.DeleteAccount(ctx, email)
}

// DKIMKey implements [mail.DKIMReader].
func (s mailAccount) DKIMKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	status, err := s.client.DKIM(ctx, domain)
	if err != nil || !status.Enabled {
		return nil, err
	}
	return keyOf(domain, status)
}

// EnableDKIM implements [mail.DKIMSwitch].
func (s mailAccount) EnableDKIM(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	status, err := s.client.EnableDKIM(ctx, domain)
	if err != nil {
		return nil, err
	}
	return keyOf(domain, status)
}

// DisableDKIM implements [mail.DKIMSwitch].
func (s mailAccount) DisableDKIM(ctx context.Context, domain string) error {
	return s.client.DisableDKIM(ctx, domain)
}

func keyOf(domain string, status yandexapi.DKIM) (*mailrecord.DKIMZoneRecord, error) {
	key, err := mailrecord.ParseDKIM(status.TXTRecord)
	if err != nil {
		return nil, fmt.Errorf("the record of the DKIM key of %s at %s is unreadable: %w", domain, serviceTitle, err)
	}
	return &mailrecord.DKIMZoneRecord{Selector: yandexapi.DKIMSelector, Domain: domain, Text: status.TXTRecord, Key: key}, nil
}
