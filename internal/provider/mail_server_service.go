package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailserver"
)

var mailServerKind = mailKind{
	name: serviceMailServer, title: mailServerTitle,
	variable:        "MAILSERVER_URL",
	checkDomainName: mailserver.CheckDomainName,
	longestAddress:  mailserver.MaxAddress,
	longestPassword: mailserver.MaxPasswordBytes,
	firstAccount:    true,
	exports:         true,
	dkimSelector:    mailServerSelector,
	lacks: map[string]string{
		"first_name": "It stores no names of people. Remove first_name.",
		"last_name":  "It stores no names of people. Remove last_name.",
		"enabled":    "It has no call to disable a mailbox. Remove enabled; another password keeps its owner out.",
	},
	checkPassword: func(_, password string) string {
		if strings.HasPrefix(password, "-") {
			return "The password begins with a hyphen. The mail server would take it for an option and store an empty password."
		}
		return ""
	},
	records: mailServerRecords,
	open: func(s *Run) (mailService, error) {
		client, err := PartOf[*mailServerAccount](s).Client()
		if err != nil {
			return nil, err
		}
		return mailServerMail{client}, nil
	},
}

// mailServerRecords are those that follow from the host that is given. Whether one is
// decides which keys there are.
func mailServerRecords(name types.String, m mailDomainModel) types.Map {
	if m.MXHostname.IsUnknown() {
		return types.MapUnknown(dnsRecordType)
	}
	if m.MXHostname.IsNull() {
		return dnsRecordsValue(nil)
	}
	host, err := canonicalHostname(m.MXHostname.ValueString())
	if err != nil {
		return types.MapUnknown(dnsRecordType) // refused by the validator
	}
	spf, err := mailrecord.BuildSPF(host)
	if err != nil {
		return types.MapUnknown(dnsRecordType) // refused likewise
	}
	return dnsRecordsValue(map[string]dnsRecord{
		"mx":  {Name: name, Type: "MX", Value: types.StringValue(host), Priority: types.Int64Value(10)},
		"spf": {Name: name, Type: "TXT", Value: types.StringValue(spf), Priority: types.Int64Null()},
	})
}

// mailServerMail is the mail server as one of the mail services.
type mailServerMail struct{ client *mailserver.Client }

func (s mailServerMail) createDomain(ctx context.Context, name string, first newMailbox) (ownershipProof, error) {
	_, err := s.client.CreateDomain(ctx, name, first.localPart+"@"+name, first.passwords.credential())
	return ownershipProof{}, err
}

func (s mailServerMail) findDomain(ctx context.Context, name string) error {
	_, err := s.client.Domain(ctx, name)
	return err
}

func (s mailServerMail) domains(ctx context.Context) ([]mailDomain, error) {
	listed, err := s.client.Domains(ctx)
	out := make([]mailDomain, len(listed))
	for i, d := range listed {
		out[i] = mailDomain{name: d.Name, accounts: types.Int64Value(int64(d.Accounts))}
	}
	return out, err
}

// proof is none: the mail server takes any domain.
func (s mailServerMail) proof(context.Context, string) (ownershipProof, error) {
	return ownershipProof{}, nil
}

func (s mailServerMail) deleteDomain(ctx context.Context, name string) error {
	return s.client.DeleteDomain(ctx, name)
}

func (s mailServerMail) createMailbox(ctx context.Context, email string, p passwords, _ mailProfile) (mailbox, error) {
	return mailbox{email: email}, s.client.CreateAccount(ctx, email, p.credential())
}

func (s mailServerMail) mailbox(ctx context.Context, email string) (mailbox, error) {
	account, err := s.client.Account(ctx, email)
	return mailbox{email: account.Email}, err
}

func (s mailServerMail) mailboxes(ctx context.Context, domain string) ([]mailbox, error) {
	accounts, err := s.client.Accounts(ctx, domain)
	out := make([]mailbox, len(accounts))
	for i, account := range accounts {
		out[i] = mailbox{email: account.Email}
	}
	return out, err
}

func (s mailServerMail) changeMailbox(ctx context.Context, email string, p passwords, _ mailProfile) (mailbox, error) {
	if !p.given() {
		return mailbox{email: email}, nil // the password is all that it can change
	}
	return mailbox{email: email}, s.client.SetPassword(ctx, email, p.credential())
}

func (s mailServerMail) deleteMailbox(ctx context.Context, email string) error {
	return s.client.DeleteAccount(ctx, email)
}

func (s mailServerMail) dkimKey(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	export, err := s.client.ExportDomain(ctx, domain)
	if err != nil || export.DKIMPublic == "" {
		return nil, err
	}
	return mailServerKey(domain, export.DKIMPublic)
}

func (s mailServerMail) startDKIM(ctx context.Context, domain string) (*mailrecord.DKIMZoneRecord, error) {
	text, err := s.client.AddDKIMKey(ctx, domain)
	if err != nil {
		return nil, err
	}
	return mailServerKey(domain, text)
}

// stopDKIM does nothing: the mail server has no call for it.
func (s mailServerMail) stopDKIM(context.Context, string) error { return nil }

// mailServerSelector is the selector of all keys that the mail server makes.
const mailServerSelector = "mail"

// mailServerKey reads a key as the mail server shows it.
func mailServerKey(domain, zoneText string) (*mailrecord.DKIMZoneRecord, error) {
	record, err := mailrecord.ParseZoneText(zoneText)
	if err != nil {
		return nil, fmt.Errorf("the mail server's record of the DKIM key of %s is unreadable: %w", domain, err)
	}
	if record.Selector != mailServerSelector {
		return nil, fmt.Errorf("the mail server made a DKIM key for %s at the selector %q; only %q is known to be signed with", domain, record.Selector, mailServerSelector)
	}
	return &record, nil
}
