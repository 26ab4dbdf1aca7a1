package mailserver

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
)

// missingSummary is the summary of the error for a mail server that is not configured, at plan and
// at apply.
const missingSummary = "The mail server is not configured"

// MailRules implements [mail.Service].
func (Service) MailRules() mail.Rules {
	return mail.Rules{
		Variable:        "MAILSERVER_URL",
		CheckDomainName: mailserverapi.CheckDomainName,
		LongestAddress:  mailserverapi.MaxAddress,
		LongestPassword: mailserverapi.MaxPasswordBytes,
		Lacks: map[string]string{
			"first_name": "It stores no names of people. Remove first_name.",
			"last_name":  "It stores no names of people. Remove last_name.",
			"enabled":    "It has no call to disable a mailbox. Remove enabled; another password keeps its owner out.",
		},
		CheckPassword: func(_, password string) string {
			if strings.HasPrefix(password, "-") {
				return "The password begins with a hyphen. The mail server would take it for an option and store an empty password."
			}
			return ""
		},
		CheckHash: hashProblem,
		Records:   recordsOf,
		Words:     mailWords,
	}
}

// Mail implements [mail.Service].
func (Service) Mail(run *kit.Run) (mail.Mail, error) {
	client, err := kit.PartOf[*Account](run).Client()
	if err != nil {
		return nil, err
	}
	return mailAccount{client}, nil
}

// FirstAccount implements [mail.FirstAccounter].
func (Service) FirstAccount() string {
	return "The mail server creates a domain together with its first account."
}

// DKIMSelector implements [mail.DKIMSigner].
func (Service) DKIMSelector() string { return dkimSelector }

// DKIMKeys implements [mail.DKIMMaker].
func (Service) DKIMKeys(run *kit.Run) (mail.DKIMKeys, error) {
	client, err := kit.PartOf[*Account](run).Client()
	if err != nil {
		return nil, err
	}
	return mailAccount{client}, nil
}

// recordsOf returns the records that mx_hostname determines: MX and SPF, or none if it is null.
// While mx_hostname is unknown, so are the keys.
func recordsOf(d mail.DomainFacts) types.Map {
	if d.MXHostname.IsUnknown() {
		return types.MapUnknown(kit.DNSRecordType)
	}
	if d.MXHostname.IsNull() {
		return kit.DNSRecordsValue(nil)
	}
	host, err := kit.CanonicalHostname(d.MXHostname.ValueString())
	if err != nil {
		return types.MapUnknown(kit.DNSRecordType) // refused by the validator
	}
	spf, err := mailrecord.BuildSPF(host)
	if err != nil {
		return types.MapUnknown(kit.DNSRecordType) // refused likewise
	}
	return kit.DNSRecordsValue(map[string]kit.DNSRecord{
		"mx":  {Name: d.Name, Type: "MX", Value: types.StringValue(host), Priority: types.Int64Value(10)},
		"spf": {Name: d.Name, Type: "TXT", Value: types.StringValue(spf), Priority: types.Int64Null()},
	})
}

// mailAccount adapts the mail server's client to the interfaces of package mail.
type mailAccount struct{ client *mailserverapi.Client }

// CreateDomain implements [mail.Mail].
func (s mailAccount) CreateDomain(ctx context.Context, name string, first mail.NewMailbox) (mail.OwnershipProof, error) {
	_, err := s.client.CreateDomain(ctx, name, first.LocalPart+"@"+name, credentialOf(first.Passwords))
	return mail.OwnershipProof{}, err
}

// FindDomain implements [mail.Mail].
func (s mailAccount) FindDomain(ctx context.Context, name string) error {
	_, err := s.client.Domain(ctx, name)
	return err
}

// Domains implements [mail.Mail].
func (s mailAccount) Domains(ctx context.Context) ([]mail.Domain, error) {
	listed, err := s.client.Domains(ctx)
	if errors.Is(err, mailserverapi.ErrNoDomains) {
		err = mail.EmptyListError{Cause: err}
	}
	out := make([]mail.Domain, len(listed))
	for i, d := range listed {
		out[i] = mail.Domain{Name: d.Name, Accounts: types.Int64Value(int64(d.Accounts))}
	}
	return out, err
}

// DeleteDomain implements [mail.Mail].
func (s mailAccount) DeleteDomain(ctx context.Context, name string) error {
	return s.client.DeleteDomain(ctx, name)
}

// CreateMailbox implements [mail.Mail].
func (s mailAccount) CreateMailbox(ctx context.Context, email string, p mail.Passwords, _ mail.Profile) (mail.Mailbox, error) {
	return mail.Mailbox{Email: email}, s.client.CreateAccount(ctx, email, credentialOf(p))
}

// Mailbox implements [mail.Mail].
func (s mailAccount) Mailbox(ctx context.Context, email string) (mail.Mailbox, error) {
	account, err := s.client.Account(ctx, email)
	return mail.Mailbox{Email: account.Email}, err
}

// Mailboxes implements [mail.Mail].
func (s mailAccount) Mailboxes(ctx context.Context, domain string) ([]mail.Mailbox, error) {
	accounts, err := s.client.Accounts(ctx, domain)
	out := make([]mail.Mailbox, len(accounts))
	for i, account := range accounts {
		out[i] = mail.Mailbox{Email: account.Email}
	}
	return out, err
}

// ChangeMailbox implements [mail.Mail].
func (s mailAccount) ChangeMailbox(ctx context.Context, email string, p mail.Passwords, _ mail.Profile) (mail.Mailbox, error) {
	if !p.Given() {
		return mail.Mailbox{Email: email}, nil // the mail server can change only the password
	}
	return mail.Mailbox{Email: email}, s.client.SetPassword(ctx, email, credentialOf(p))
}

// DeleteMailbox implements [mail.Mail].
func (s mailAccount) DeleteMailbox(ctx context.Context, email string) error {
	return s.client.DeleteAccount(ctx, email)
}

// DKIMKey implements [mail.DKIMReader].
func (s mailAccount) DKIMKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	export, err := s.client.ExportDomain(ctx, domain)
	if err != nil || export.DKIMPublic == "" {
		return nil, err
	}
	return keyIn(domain, export.DKIMPublic)
}

// MakeDKIMKey implements [mail.DKIMKeys].
func (s mailAccount) MakeDKIMKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	text, err := s.client.AddDKIMKey(ctx, domain)
	if err != nil {
		return nil, err
	}
	return keyIn(domain, text)
}

// credentialOf returns the password or hash to send to the mail server.
func credentialOf(p mail.Passwords) mailserverapi.Credential {
	if hash, ok := p.Hashed(); ok {
		return mailserverapi.Credential{Value: hash, Hashed: true}
	}
	password, _ := p.Plain()
	return mailserverapi.Credential{Value: password}
}

// dkimSelector is the selector of every key that the mail server makes.
const dkimSelector = "mail"

// keyIn parses a key as the mail server shows it.
func keyIn(domain, zoneText string) (*mailrecord.DKIMZoneRecord, error) {
	record, err := mailrecord.ParseZoneText(zoneText)
	if err != nil {
		return nil, fmt.Errorf("the mail server's record of the DKIM key of %s is unreadable: %w", domain, err)
	}
	if record.Selector != dkimSelector {
		return nil, fmt.Errorf("the mail server made a DKIM key for %s at the selector %q; it is known to sign only with %q", domain, record.Selector, dkimSelector)
	}
	return &record, nil
}
