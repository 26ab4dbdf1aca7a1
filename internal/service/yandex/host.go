package yandex

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// Host implements [zone.HostService].
func (s Service) Host() *zone.Host {
	return &zone.Host{
		NameServers:     []string{"dns#.yandex.net"},
		AlsoCalled:      []string{"yandexmail", "yandexpdd", "pdd"},
		Attributes:      blockAttributes,
		Read:            s.readHost,
		Simulated:       simulatedHost,
		SimulatedValues: map[string]string{"pdd_token": yandexsim.Token},
		Objection:       yandexapi.Objection,
	}
}

// readHost reads the block of an account.
func (s Service) readHost(b kit.Block, diags *diag.Diagnostics) zone.HostSettings {
	token := b.Text("pdd_token", tokenVariable)
	base := b.Text("base_url", urlVariable)
	address := kit.ReadURL(b, base.OrDefault(yandexapi.DefaultBaseURL), diags)
	return zone.HostSettings{
		Missing: kit.Missing(s.Title(), token),
		Values:  map[string]kit.Setting{"pdd_token": token},
		Account: zone.AccountAt(address, token.Value),
		Open: func(run *kit.Run) (dns.Host, error) {
			// The mail service has the same client, so that a domain that this run connects is
			// known here at once.
			if own := kit.PartOf[*Account](run); own.is(token, base) {
				client, err := own.Client()
				if err != nil {
					return nil, err
				}
				return yandexapi.NewHost(client), nil
			}
			return yandexapi.NewHost(yandexapi.New(yandexapi.Config{
				Token: token.Value, BaseURL: address, UserAgent: run.UserAgent, RetryWaitMin: run.Haste.RetryWaitMin, Grace: run.Haste.Grace,
			})), nil
		},
	}
}

// is reports whether the account is that of a block with these settings.
func (a *Account) is(token, base kit.Setting) bool {
	return a != nil && a.token.IsSet() && a.token.Value == token.Value && a.url.Value == base.Value
}

// simulatedHost returns the zones of the user of the simulated service in the run's sandbox.
func simulatedHost(run *kit.Run) (dns.Host, error) {
	account := kit.PartOf[*Account](run)
	if account == nil {
		account = &Account{run: run}
	}
	client, err := account.Client()
	if err != nil {
		return nil, err
	}
	return yandexapi.NewHost(client), nil
}

// ConnectSimulated connects a domain of a sandbox that is delegated to the simulated service, whose
// zone is not in the account before. Tests use it.
func (Service) ConnectSimulated(ctx context.Context, run *kit.Run, domain string) error {
	address, err := run.SimulatedURL(yandexsim.Section, yandexsim.AdminPath)
	if err != nil {
		return err
	}
	client := yandexapi.New(yandexapi.Config{Token: yandexsim.Token, BaseURL: address, Transport: run.Sandbox().Transport()})
	if _, err := client.Register(ctx, domain); err != nil {
		return err
	}
	if _, err = client.RegistrationStatus(ctx, domain); err != nil {
		return err
	}
	host := yandexapi.NewHost(client)
	found, err := host.FindZone(ctx, domain)
	if err == nil && found.ReadOnly != "" {
		err = &api.Error{Service: serviceTitle, Op: "connect", Object: domain, Answer: fmt.Sprintf("it is not delegated: %s", found.ReadOnly)}
	}
	return err
}
