package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
)

// hostKind is one of the DNS hosts that records can be published at.
type hostKind struct {
	name  string // as IDs and attributes have it
	title string // as people call it
	// attributes are those of the block that configures it.
	attributes func() map[string]schema.Attribute
	// read reads that block.
	read func(block, *diag.Diagnostics) hostSettings
	// simulated is the sandbox's.
	simulated func(*Run) (dns.Host, error)
	// objection is what is known against a record wherever the host's zone is, as
	// [dns.Limits] has it; nil where nothing is.
	objection func(apex string, r dns.Record) string
	// accessTakesCall says that the host has to be asked what the credentials may do. At the others it shows in what is
	// read to find a zone.
	accessTakesCall bool
	// octeth is what Octeth calls the host; empty where it writes no records.
	octeth string
	// simulatedOcteth are the sandbox's credentials, as Octeth takes them.
	simulatedOcteth octeth.Credentials
	// octethHurdle is what to look at where the host lets this provider in and not
	// Octeth, as sentences without the last full stop.
	octethHurdle string
}

// block is the schema of the block that configures the host.
func (k *hostKind) block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Credentials to edit zones at " + k.title + ".",
		Attributes:          k.attributes(),
	}
}

// hostSettings is how a host is reached.
type hostSettings struct {
	// missing is an error that names what is not set or not known; nil if
	// nothing is.
	missing error
	// pending is whether that is only because something is not known yet.
	pending bool
	build   func(*Run) (dns.Host, error)
	// credentials tells whether two blocks are the same account; see credentialsOf.
	credentials string
	// octeth is how Octeth gets in with the same settings, where it writes
	// records at all.
	octeth octethAccess
}

// hostKinds are all of them, in the order in which people are told of them.
var hostKinds = []*hostKind{&cloudflareKind, &namecheapKind, &godaddyKind, &rfc2136Kind}

func hostNamed(name string) *hostKind {
	for _, kind := range hostKinds {
		if kind.name == name {
			return kind
		}
	}
	return nil
}

func hostNames() []string {
	names := make([]string, len(hostKinds))
	for i, kind := range hostKinds {
		names[i] = kind.name
	}
	return names
}

// hostTitle is what people call a host.
func hostTitle(name string) string {
	if kind := hostNamed(name); kind != nil {
		return kind.title
	}
	return name
}

// accountKey names an account at a host; the provider's own block is account "". An
// account that is not known yet is at the host ""; while none is, all of them are "".
type accountKey struct{ host, account string }

// dnsAccountsAttribute is the schema of dns_accounts.
func dnsAccountsAttribute() schema.MapNestedAttribute {
	attributes := map[string]schema.Attribute{}
	for _, kind := range hostKinds {
		attributes[kind.name] = schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Credentials at " + kind.title + ", as in the block of the same name beside.",
			Attributes:          withoutVariables(kind.attributes()),
		}
	}
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "More credentials, by a name that `account` of `postmaster_dns_authorization` chooses: those of an agency's customers, " +
			"or one key a zone. Each has exactly one of the blocks. Nothing is taken from the environment.",
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// withoutVariables leaves out of descriptions what they say of the environment.
func withoutVariables(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	for name, attribute := range attributes {
		description, _, _ := strings.Cut(attribute.GetMarkdownDescription(), " Environment: ")
		switch a := attribute.(type) {
		case schema.StringAttribute:
			a.MarkdownDescription = description
			attributes[name] = a
		case schema.BoolAttribute:
			a.MarkdownDescription = description
			attributes[name] = a
		case schema.Int64Attribute:
			a.MarkdownDescription = description
			attributes[name] = a
		}
	}
	return attributes
}

// addHost reads the block of a host. In the sandbox it counts which host an account is at;
// its credentials do not.
func (z *zoneAccounts) addHost(kind *hostKind, b block, diags *diag.Diagnostics) {
	if b.simulated {
		diags = &diag.Diagnostics{}
	}
	z.settings[accountKey{host: kind.name}] = kind.settings(b, diags)
}

// addAccounts reads dns_accounts.
func (z *zoneAccounts) addAccounts(accounts types.Map, simulated bool, diags *diag.Diagnostics) {
	if simulated {
		diags = &diag.Diagnostics{}
	}
	if accounts.IsUnknown() {
		z.settings[accountKey{}] = notYetKnown("dns_accounts", "dns_accounts")
	}
	for name, element := range accounts.Elements() {
		at := path.Root("dns_accounts").AtMapKey(name)
		if err := checkAccountName(name); err != nil {
			diags.AddAttributeError(at, "Unusable account name", fmt.Sprintf("%q %s.", name, err))
		}
		object, ok := element.(types.Object)
		if !ok || object.IsUnknown() {
			z.settings[accountKey{account: name}] = notYetKnown("dns_accounts", fmt.Sprintf("dns_accounts[%q]", name))
			continue
		}
		kind, decided := accountKind(object)
		if !decided {
			z.settings[accountKey{account: name}] = notYetKnown("dns_accounts", fmt.Sprintf("dns_accounts[%q]", name))
			continue
		}
		if kind == nil {
			diags.AddAttributeError(at, "Not one DNS host", "An account has exactly one of "+strings.Join(hostNames(), ", ")+".")
			continue
		}
		b := block{at: at.AtName(kind.name), name: fmt.Sprintf("dns_accounts[%q].%s", name, kind.name), object: object.Attributes()[kind.name].(types.Object)}
		z.settings[accountKey{kind.name, name}] = kind.settings(b, diags)
	}
}

// settings reads a block. While any attribute is not known, none counts: the host
// would be reached in another way in the next run.
func (k *hostKind) settings(b block, diags *diag.Diagnostics) hostSettings {
	settings := k.read(b, diags)
	if b.object.IsUnknown() {
		return notYetKnown(k.title, b.name)
	}
	var unknown []string
	for attribute := range b.object.Attributes() {
		if b.unknownIn(attribute) {
			unknown = append(unknown, b.name+"."+attribute)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return notYetKnown(k.title, unknown...)
	}
	return settings
}

// notYetKnown are settings of which these attributes decide, and are not known.
func notYetKnown(title string, attributes ...string) hostSettings {
	var unknown []setting
	for _, attribute := range attributes {
		unknown = append(unknown, setting{unknown: true, attribute: attribute})
	}
	return hostSettings{missing: missing(title, unknown...), pending: true}
}

// accountKind is the host of an account; nil if there are none or several. It is not
// decided while blocks that are not known yet may turn out to be null.
func accountKind(object types.Object) (found *hostKind, decided bool) {
	var known, unknown []*hostKind
	for _, kind := range hostKinds {
		switch v := object.Attributes()[kind.name]; {
		case v != nil && v.IsUnknown():
			unknown = append(unknown, kind)
		case isSet(v):
			known = append(known, kind)
		}
	}
	switch {
	case len(known) == 0 && len(unknown) == 1:
		return unknown[0], true // or there are none, which the next run says
	case len(known) <= 1 && len(unknown) > 0:
		return nil, false
	case len(known) == 1:
		return known[0], true
	}
	return nil, true
}

func isSet(v attr.Value) bool { return v != nil && !v.IsNull() }

// checkAccountName keeps account names apart from the rest of an ID.
func checkAccountName(name string) error {
	if name == "" || strings.ContainsAny(name, "/@# ") {
		return errors.New("is no name for an account: it must not be empty, nor hold a blank, /, @ or #")
	}
	return nil
}

// zoneAccounts are the accounts at DNS hosts of a run, and what was learned by them.
type zoneAccounts struct {
	run      *Run
	settings map[accountKey]hostSettings

	mu      sync.Mutex
	editors map[accountAt]*dns.Editor

	accesses sync.Map // dns.WriteAccess by zoneAccess
	told     sync.Map // by dns.Problem: what previews of DNS records have said
}

// newZoneAccounts puts the accounts at DNS hosts into a run, of which there are none yet.
func newZoneAccounts(run *Run) {
	Put(run, &zoneAccounts{run: run, settings: map[accountKey]hostSettings{}, editors: map[accountAt]*dns.Editor{}})
}

// zonesOf are the accounts at DNS hosts of a run.
func zonesOf(run *Run) *zoneAccounts { return PartOf[*zoneAccounts](run) }

// accountHost is the host that an account is at.
func (z *zoneAccounts) accountHost(account string) (string, bool) {
	for key := range z.settings {
		if key.account == account && account != "" && key.host != "" {
			return key.host, true
		}
	}
	return "", false
}

// accountPending reports whether an account of dns_accounts is not known yet, so that its host is not known either.
func (z *zoneAccounts) accountPending(account string) bool {
	if account == "" {
		return false
	}
	settings, ok := z.hostSettings(accountKey{account: account})
	return ok && settings.pending
}

// editor returns the editor of an account. Whatever names the configuration has for
// one account, there is one editor in the process, since two would write a zone at the
// same time.
func (z *zoneAccounts) editor(key accountKey) (*dns.Editor, error) {
	kind, settings, err := z.reach(key)
	if err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	account := accountAt{kind.name, settings.credentials}
	if e, ok := z.editors[account]; ok {
		return e, nil
	}
	host, err := settings.build(z.run)
	if err != nil {
		return nil, err
	}
	e := dns.NewEditor(host, dns.EditorOptions{Lookup: z.lookUpValues, Gather: true})
	z.editors[account] = e
	return e, nil
}

// lookUpValues asks the DNS for an editor. A zone can be read and written while it is not
// known yet whom to ask.
func (z *zoneAccounts) lookUpValues(ctx context.Context, name, recordType string) ([]string, error) {
	lookup, err := z.run.Lookup()
	if err != nil {
		return nil, err
	}
	return lookup.Values(ctx, name, recordType)
}

// host makes a client of an account.
func (z *zoneAccounts) host(key accountKey) (dns.Host, error) {
	_, settings, err := z.reach(key)
	if err != nil {
		return nil, err
	}
	return settings.build(z.run)
}

// reach is the host of an account and how the account is reached, or why it is not.
func (z *zoneAccounts) reach(key accountKey) (*hostKind, hostSettings, error) {
	kind := hostNamed(key.host)
	if kind == nil {
		return nil, hostSettings{}, unknownHost(key.host)
	}
	if z.run.Sandbox() != nil {
		return kind, hostSettings{build: kind.simulated}, nil // all accounts are one there
	}
	settings, err := z.settingsOf(kind, key.account)
	if err == nil {
		err = settings.missing
	}
	return kind, settings, err
}

func unknownHost(name string) error {
	return fmt.Errorf("there is no DNS host %q; the hosts are %s", name, strings.Join(hostNames(), ", "))
}

// settingsOf is how an account at a real host is reached, or an error that says
// that there is none.
func (z *zoneAccounts) settingsOf(kind *hostKind, account string) (hostSettings, error) {
	if z.run.Undecided() != "" {
		return hostSettings{}, missing(kind.title, setting{unknown: true, attribute: z.run.Undecided()})
	}
	settings, ok := z.hostSettings(accountKey{kind.name, account})
	if !ok {
		return settings, &api.Error{Service: kind.title, Op: "configure", Kind: api.ErrNotConfigured,
			Answer: fmt.Sprintf("there is no account %q at %s", account, kind.title),
			Advice: fmt.Sprintf("Add it to dns_accounts in the configuration of the provider \"postmaster\": dns_accounts = { %q = { %s = { … } } }", account, kind.name)}
	}
	return settings, nil
}

// hostSettings is how an account is reached, as far as the configuration says.
func (z *zoneAccounts) hostSettings(key accountKey) (hostSettings, bool) {
	settings, ok := z.settings[key]
	if !ok && key.account != "" {
		if settings, ok = z.settings[accountKey{account: key.account}]; !ok {
			settings, ok = z.settings[accountKey{}]
		}
	}
	return settings, ok
}

// pending is whether the account of an authorization cannot be used for the time
// being, because its credentials are not known yet. Until apply that is no error.
func (z *zoneAccounts) pending(id authorizationID) bool {
	settings, ok := z.hostSettings(accountKey{id.Host, id.Account})
	return z.run.Undecided() != "" || z.run.Sandbox() == nil && ok && settings.pending
}

// openZone finds the zone of an authorization.
func (z *zoneAccounts) openZone(ctx context.Context, id authorizationID) (*dns.Editor, dns.HostedZone, error) {
	editor, err := z.editor(accountKey{id.Host, id.Account})
	if err != nil {
		return nil, dns.HostedZone{}, err
	}
	zone, err := editor.Zone(ctx, id.within())
	if err != nil {
		return nil, dns.HostedZone{}, err
	}
	if id.Zone != "" && zone.Apex != id.Zone {
		return nil, dns.HostedZone{}, &api.Error{Service: hostTitle(id.Host), Op: "find the zone", Object: id.Zone, Kind: api.ErrNotFound,
			Answer: "the account has no such zone, only " + zone.Apex, Advice: "Remove zone from the postmaster_dns_authorization, or correct it"}
	}
	if !zone.Holds(id.Domain) {
		return nil, dns.HostedZone{}, &api.Error{Service: hostTitle(id.Host), Op: "find the zone", Object: id.Domain,
			Answer: fmt.Sprintf("%s is not in the zone %s", id.Domain, zone.Apex), Advice: "Correct zone of the postmaster_dns_authorization"}
	}
	return editor, zone, nil
}

// zoneAccess is what an account was found to be allowed to do with a zone.
type zoneAccess struct {
	account accountKey
	zoneID  string
}

// access asks the host what an authorization's account may do with a zone. A process asks once for each zone, as the plan
// of an authorization and its create both need the answer. An error is not remembered.
func (z *zoneAccounts) access(ctx context.Context, editor *dns.Editor, id authorizationID, zone dns.HostedZone) (dns.WriteAccess, error) {
	key := zoneAccess{accountKey{id.Host, id.Account}, zone.ID}
	if known, ok := z.accesses.Load(key); ok {
		return known.(dns.WriteAccess), nil
	}
	access, err := editor.Host().CheckAccess(ctx, zone)
	if err == nil {
		z.accesses.Store(key, access)
	}
	return access, err
}
