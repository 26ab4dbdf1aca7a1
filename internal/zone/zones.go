package zone

import (
	"context"
	"fmt"
	"sync"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Zones holds the accounts at DNS hosts of a run, and what the run has learned with them.
type Zones struct {
	run      *kit.Run
	hosts    Hosts
	settings map[AccountKey]HostSettings

	mu      sync.Mutex
	editors map[editorKey]*dns.Editor

	accesses sync.Map // dns.WriteAccess by zoneAccess
	told     sync.Map // toldProblem values: what a preview of DNS records has reported
	opened   sync.Map // dns.HostedZone by AuthorizationID: the zones that were found
	kept     sync.Map // dns.HostedZone by AuthorizationID: zones that were chosen before; see reopen
	recorded sync.Map // host's IDs of zones by AuthorizationID: where records were published before; see openOwn
	choices  api.Cache[dns.HostedZone]
	replaced replacements
}

// NewZones puts an empty set of accounts at DNS hosts into a run.
func NewZones(run *kit.Run, hosts Hosts) {
	kit.Put(run, &Zones{run: run, hosts: hosts, settings: map[AccountKey]HostSettings{}, editors: map[editorKey]*dns.Editor{}})
}

// ZonesOf returns the accounts at DNS hosts of a run.
func ZonesOf(run *kit.Run) *Zones { return kit.PartOf[*Zones](run) }

// HostNamed returns the host with a name, or an error that lists the hosts.
func (z *Zones) HostNamed(name string) (HostService, error) {
	host, ok := kit.Named(z.hosts, name)
	if !ok {
		return nil, z.hosts.unknown(name)
	}
	return host, nil
}

// Title returns a host's name for people.
func (z *Zones) Title(host string) string { return z.hosts.title(host) }

// HostTitles returns the titles of the named hosts, in the order of the list of hosts.
func (z *Zones) HostTitles(names []string) []string { return z.hosts.titles(names) }

// accountHost returns the host of an account of dns_accounts.
func (z *Zones) accountHost(account string) (string, bool) {
	for key := range z.settings {
		if key.Account == account && account != "" && key.Host != "" {
			return key.Host, true
		}
	}
	return "", false
}

// accountPending reports whether an account of dns_accounts is not known yet. Its host is not known
// then either.
func (z *Zones) accountPending(account string) bool {
	if account == "" {
		return false
	}
	settings, ok := z.hostSettings(AccountKey{Account: account})
	return ok && settings.Pending
}

// Editor returns the editor of an account. There is one editor for each account in the process,
// even if the configuration has several names for the account. Two editors would write a zone at
// the same time.
func (z *Zones) Editor(key AccountKey) (*dns.Editor, error) {
	at, settings, err := z.reach(key)
	if err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	account := editorKey{at.Name(), settings.Account}
	if settings.Account == "" && z.run.Sandbox() == nil {
		account.Account = "\x00" + key.Account // a host that does not tell accounts apart must not mix them up
	}
	if e, ok := z.editors[account]; ok {
		return e, nil
	}
	host, err := settings.Open(z.run)
	if err != nil {
		return nil, err
	}
	e := dns.NewEditor(host, dns.EditorOptions{Lookup: z.lookUpValues, Gather: true})
	z.editors[account] = e
	return e, nil
}

// lookUpValues asks the DNS on behalf of an editor. It is an error while the resolvers are not
// known; the editor can read and write zones without it.
func (z *Zones) lookUpValues(ctx context.Context, name, recordType string) ([]string, error) {
	lookup, err := z.run.Lookup()
	if err != nil {
		return nil, err
	}
	return lookup.Values(ctx, name, recordType)
}

// Host returns a new client of an account.
func (z *Zones) Host(key AccountKey) (dns.Host, error) {
	_, settings, err := z.reach(key)
	if err != nil {
		return nil, err
	}
	return settings.Open(z.run)
}

// reach returns the host of an account and the settings to reach it, or an error.
func (z *Zones) reach(key AccountKey) (HostService, HostSettings, error) {
	host, err := z.HostNamed(key.Host)
	if err != nil {
		return nil, HostSettings{}, err
	}
	if z.run.Sandbox() != nil {
		// The sandbox has one account for all. A name that dns_accounts lacks is a mistake there too.
		if key.Account != "" {
			_, err = z.settingsAt(host, key.Account)
		}
		return host, HostSettings{Open: host.Host().Simulated}, err
	}
	settings, err := z.settingsAt(host, key.Account)
	if err == nil {
		err = settings.Missing
	}
	return host, settings, err
}

// SettingsOf returns the settings of an authorization's account, or an error if there is no such
// account. It does the same in the sandbox, although the simulated host ignores the settings.
func (z *Zones) SettingsOf(id AuthorizationID) (HostSettings, error) {
	host, err := z.HostNamed(id.Host)
	if err != nil {
		return HostSettings{}, err
	}
	return z.settingsAt(host, id.Account)
}

// settingsAt returns the settings of an account at a host, or an error if there is none.
func (z *Zones) settingsAt(host HostService, account string) (HostSettings, error) {
	if z.run.Undecided() != "" {
		return HostSettings{}, kit.Missing(host.Title(), kit.Setting{Unknown: true, Attribute: z.run.Undecided()})
	}
	settings, ok := z.hostSettings(AccountKey{host.Name(), account})
	if !ok {
		return settings, &api.Error{Service: host.Title(), Op: "configure", Kind: api.ErrNotConfigured,
			Answer: fmt.Sprintf("there is no account %q at %s", account, host.Title()),
			Advice: fmt.Sprintf("Add it to dns_accounts in the configuration of the provider \"postmaster\": dns_accounts = { %q = { %s = { … } } }", account, host.Name())}
	}
	return settings, nil
}

// hostSettings returns the settings of an account as far as the configuration is known.
func (z *Zones) hostSettings(key AccountKey) (HostSettings, bool) {
	settings, ok := z.settings[key]
	if !ok && key.Account != "" {
		if settings, ok = z.settings[AccountKey{Account: key.Account}]; !ok {
			settings, ok = z.settings[AccountKey{}]
		}
	}
	return settings, ok
}

// Pending reports whether an authorization's account cannot be used yet, because its credentials
// are not known. Before the apply that is no error.
func (z *Zones) Pending(id AuthorizationID) bool {
	settings, ok := z.hostSettings(AccountKey{id.Host, id.Account})
	return z.run.Undecided() != "" || z.run.Sandbox() == nil && ok && settings.Pending
}

// zoneAccess is the key of a zone and account whose write access was checked.
type zoneAccess struct {
	account AccountKey
	zoneID  string
}

// access asks the host what an authorization's account may do with a zone. A process asks once for
// each zone, because both the plan of an authorization and its create need the answer. Errors are
// not remembered.
func (z *Zones) access(ctx context.Context, editor *dns.Editor, id AuthorizationID, zone dns.HostedZone) (dns.WriteAccess, error) {
	key := zoneAccess{AccountKey{id.Host, id.Account}, zone.ID}
	if known, ok := z.accesses.Load(key); ok {
		return known.(dns.WriteAccess), nil
	}
	access, err := editor.Host().CheckAccess(ctx, zone)
	if err == nil {
		z.accesses.Store(key, access)
	}
	return access, err
}
