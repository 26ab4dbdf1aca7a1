package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/yandex"
)

// The records of every domain at Yandex.Mail for Domain.
const (
	yandexProofTarget = "mail.yandex.ru" // of the CNAME that proves the ownership
	yandexMX          = "mx.yandex.net"
	yandexMXPriority  = 10
	yandexSPF         = "v=spf1 include:_spf.yandex.net ~all"
)

var yandexKind = mailKind{
	name: serviceYandex, title: yandexTitle,
	variable:     "YANDEX_PDD_TOKEN",
	ownership:    true,
	dkimSwitch:   true,
	dkimSelector: yandex.DKIMSelector,
	lacks: map[string]string{
		"first_account":    "A domain is registered there without an account. Remove first_account, and add accounts as postmaster_mail_user.",
		"mx_hostname":      "Its mail always goes to " + yandexMX + ". Remove mx_hostname: dns_records has the records mx and spf without it.",
		"password_hash":    "It takes passwords only, not their hashes. Set password_wo and password_wo_version, or password.",
		"password_hash_wo": "It takes passwords only, not their hashes. Set password_wo and password_wo_version, or password.",
		"keepers":          "It has one key for a domain, which can be enabled and disabled and not be made anew. Remove keepers.",
	},
	checkPassword: func(localPart, password string) string {
		if err := yandex.CheckPassword(localPart, password); err != nil {
			return yandexTitle + " would refuse it: " + err.Error() + "."
		}
		return ""
	},
	checkLocalPart: func(localPart string) string {
		if err := yandex.CheckLocalPart(localPart); err != nil {
			return yandexTitle + " would refuse it: " + err.Error() + "."
		}
		return ""
	},
	records: yandexRecords,
	open: func(s *Run) (mailService, error) {
		client, err := PartOf[*yandexAccount](s).Client()
		if err != nil {
			return nil, err
		}
		return yandexMail{s, client}, nil
	},
}

// yandexRecords are the same for every domain but for the name of the one that proves
// the ownership, which the registration tells. Only a domain that was proven before it
// was imported is without that one.
func yandexRecords(name types.String, m mailDomainModel) types.Map {
	records := map[string]dnsRecord{
		yandexMXKey: {Name: name, Type: "MX", Value: types.StringValue(yandexMX), Priority: types.Int64Value(yandexMXPriority)},
		"spf":       {Name: name, Type: "TXT", Value: types.StringValue(yandexSPF), Priority: types.Int64Null()},
	}
	if !m.Ownership.IsNull() {
		proof := types.StringUnknown()
		if v, ok := m.Ownership.Attributes()["cname_name"].(types.String); ok {
			proof = v
		}
		records[yandexProofKey] = dnsRecord{Name: proof, Type: "CNAME", Value: types.StringValue(yandexProofTarget), Priority: types.Int64Null()}
	}
	return dnsRecordsValue(records)
}

// yandexMail is Yandex.Mail for Domain as one of the mail services.
type yandexMail struct {
	run    *Run
	client *yandex.Client
}

func (s yandexMail) createDomain(ctx context.Context, name string, _ newMailbox) (ownershipProof, error) {
	d, err := s.client.Register(ctx, name)
	if errors.Is(err, yandex.Occupied) {
		err = foreignError{err}
	}
	return yandexProof(d), err
}

// yandexProof is what the service asks for while a domain is not proven.
func yandexProof(d yandex.Domain) ownershipProof {
	if d.Secrets == nil {
		return ownershipProof{}
	}
	name, target := d.Secrets.CNAME(d.Name)
	return ownershipProof{
		CNAMEName: types.StringValue(name), CNAMEValue: types.StringValue(target),
		FileName: types.StringValue(d.Secrets.File()), FileContent: types.StringValue(d.Secrets.Content),
	}
}

func (s yandexMail) findDomain(ctx context.Context, name string) error {
	_, err := s.client.Domain(ctx, name)
	return err
}

func (s yandexMail) domains(ctx context.Context) ([]mailDomain, error) {
	listed, err := s.client.Domains(ctx)
	out := make([]mailDomain, len(listed))
	for i, d := range listed {
		out[i] = mailDomain{name: d.Name, accounts: types.Int64Value(int64(d.Accounts))}
	}
	return out, err
}

func (s yandexMail) proof(ctx context.Context, name string) (ownershipProof, error) {
	d, err := s.client.RegistrationStatus(ctx, name)
	return yandexProof(d), err
}

// isUnused is true of a domain that was never proven to be ours: the service makes no
// mailboxes in it.
func (s yandexMail) isUnused(ctx context.Context, name string, fresh bool) (bool, error) {
	return s.client.IsUnused(ctx, name, fresh)
}

func (s yandexMail) deleteDomain(ctx context.Context, name string) error {
	return s.client.DeleteDomain(ctx, name)
}

func (s yandexMail) createMailbox(ctx context.Context, email string, p passwords, profile mailProfile) (mailbox, error) {
	_, domain, _ := strings.Cut(email, "@")
	if err := s.awaitOwnership(ctx, domain); err != nil {
		return mailbox{}, err
	}
	password, _ := p.plain()
	account, err := s.client.CreateAccount(ctx, email, password, yandexProfile(profile))
	if errors.Is(err, yandex.Occupied) || errors.Is(err, api.ErrConflict) && s.isMailingList(ctx, email) {
		err = foreignError{err}
	}
	return yandexMailbox(account), err
}

// isMailingList is whether an address is that of a mailing list, which is no mailbox
// although the service lists it among them.
func (s yandexMail) isMailingList(ctx context.Context, email string) bool {
	account, err := s.client.Account(ctx, email)
	return err == nil && account.MailingList
}

func (s yandexMail) mailbox(ctx context.Context, email string) (mailbox, error) {
	account, err := s.client.Account(ctx, email)
	if err == nil && account.MailingList {
		err = &api.Error{Service: yandexTitle, Op: "read account", Object: email, Kind: api.ErrNotFound, Answer: "the address is that of a mailing list, which is no mailbox"}
	}
	return yandexMailbox(account), err
}

func (s yandexMail) mailboxes(ctx context.Context, domain string) ([]mailbox, error) {
	accounts, err := s.client.Accounts(ctx, domain)
	var out []mailbox
	for _, account := range accounts {
		if !account.MailingList {
			out = append(out, yandexMailbox(account))
		}
	}
	return out, err
}

func yandexMailbox(a yandex.Account) mailbox {
	return mailbox{email: a.Email, profile: mailProfile{
		FirstName: types.StringValue(a.FirstName), LastName: types.StringValue(a.LastName), Enabled: types.BoolValue(a.Enabled),
	}}
}

// yandexProfile has what is to be set.
func yandexProfile(p mailProfile) yandex.Profile {
	return yandex.Profile{
		FirstName: p.FirstName.ValueStringPointer(), LastName: p.LastName.ValueStringPointer(), Enabled: p.Enabled.ValueBoolPointer(),
	}
}

func (s yandexMail) changeMailbox(ctx context.Context, email string, p passwords, profile mailProfile) (mailbox, error) {
	changes := yandex.Changes{Profile: yandexProfile(profile)}
	if password, ok := p.plain(); ok {
		changes.Password = &password
	}
	account, err := s.client.UpdateAccount(ctx, email, changes)
	return yandexMailbox(account), err
}

func (s yandexMail) deleteMailbox(ctx context.Context, email string) error {
	return s.client.DeleteAccount(ctx, email)
}

func (s yandexMail) dkimKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	status, err := s.client.DKIM(ctx, domain)
	if err != nil || !status.Enabled {
		return nil, err
	}
	return yandexKey(domain, status)
}

func (s yandexMail) startDKIM(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	status, err := s.client.EnableDKIM(ctx, domain)
	if err != nil {
		return nil, err
	}
	return yandexKey(domain, status)
}

func (s yandexMail) stopDKIM(ctx context.Context, domain string) error {
	return s.client.DisableDKIM(ctx, domain)
}

func yandexKey(domain string, status yandex.DKIM) (*mailrecord.DKIMZoneRecord, error) {
	key, err := mailrecord.ParseDKIM(status.TXTRecord)
	if err != nil {
		return nil, fmt.Errorf("the record of the DKIM key of %s at %s is unreadable: %w", domain, yandexTitle, err)
	}
	return &mailrecord.DKIMZoneRecord{Selector: yandex.DKIMSelector, Domain: domain, Text: status.TXTRecord, Key: key}, nil
}
