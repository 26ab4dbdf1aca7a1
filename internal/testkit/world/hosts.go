package world

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// RealProvider is a provider outside of the sandbox, with these blocks, which asks the sandbox's
// DNS.
func (w *World) RealProvider(t *testing.T, blocks string) string {
	t.Helper()
	resolver, err := w.Box.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("\nprovider \"postmaster\" {\n  dns_resolvers = [%q]\n  %s\n}\n", resolver, blocks)
}

// GoDaddyBlock is the value of the block of GoDaddy for a simulated one at a real socket.
func GoDaddyBlock(url, credentials string) string {
	return fmt.Sprintf("{\n    %s\n    base_url = %q\n  }", credentials, url+"/godaddy")
}

// Hosts are the DNS hosts of the provider.
func Hosts() zone.Hosts { return kit.With[zone.HostService](service.All) }

// SettingsOf is how the provider's own block configures a host, or an account does.
func SettingsOf(t *testing.T, z *zone.Zones, host, account string) zone.HostSettings {
	t.Helper()
	settings, err := z.SettingsOf(zone.AuthorizationID{Host: host, Account: account})
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// HostObject is a host's block with these attributes, the others null.
func HostObject(host zone.HostService, values map[string]attr.Value) types.Object {
	attributeTypes := HostAttributeTypes(host)
	elements := map[string]attr.Value{}
	for name, attributeType := range attributeTypes {
		value, given := values[name]
		switch {
		case given:
		case attributeType.Equal(types.BoolType):
			value = types.BoolNull()
		case attributeType.Equal(types.Int64Type):
			value = types.Int64Null()
		default:
			value = null(attributeType)
		}
		elements[name] = value
	}
	return types.ObjectValueMust(attributeTypes, elements)
}

// null is the null value of a type: of a text, or of an object.
func null(attributeType attr.Type) attr.Value {
	if object, is := attributeType.(types.ObjectType); is {
		return types.ObjectNull(object.AttrTypes)
	}
	return types.StringNull()
}

// HostAttributeTypes are the types of the attributes of a host's block.
func HostAttributeTypes(host zone.HostService) map[string]attr.Type {
	attributeTypes := map[string]attr.Type{}
	for name, attribute := range host.Host().Attributes() {
		attributeTypes[name] = attribute.GetType()
	}
	return attributeTypes
}

// AccountType is the type of an element of dns_accounts.
func AccountType() types.ObjectType {
	hosts := map[string]attr.Type{}
	for _, host := range Hosts() {
		hosts[host.Name()] = types.ObjectType{AttrTypes: HostAttributeTypes(host)}
	}
	return types.ObjectType{AttrTypes: hosts}
}

// AccountObject is an element of dns_accounts with these blocks.
func AccountObject(blocks map[string]types.Object) types.Object {
	elements := map[string]attr.Value{}
	for _, host := range Hosts() {
		elements[host.Name()] = types.ObjectNull(HostAttributeTypes(host))
		if block, given := blocks[host.Name()]; given {
			elements[host.Name()] = block
		}
	}
	return types.ObjectValueMust(AccountType().AttrTypes, elements)
}

// ReadHosts reads blocks and dns_accounts into a run.
func ReadHosts(run *kit.Run, blocks map[string]types.Object, accounts types.Map, withEnvironment bool, diags *diag.Diagnostics) *zone.Zones {
	hosts := Hosts()
	zone.NewZones(run, hosts)
	for _, host := range hosts {
		b := kit.BlockOf(host.Name(), blocks[host.Name()])
		b.Env = withEnvironment
		zone.ZonesOf(run).AddHost(host, b, diags)
	}
	zone.ZonesOf(run).AddAccounts(accounts, false, diags)
	return zone.ZonesOf(run)
}

// WithoutHostVariables has nothing configured by the environment.
func WithoutHostVariables(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"CLOUDFLARE_API_TOKEN", "CLOUDFLARE_BASE_URL", "NAMECHEAP_API_USER", "NAMECHEAP_API_KEY", "NAMECHEAP_USER_NAME", "NAMECHEAP_CLIENT_IP", "NAMECHEAP_USE_SANDBOX",
		"GODADDY_TOKEN", "GODADDY_API_KEY", "GODADDY_API_SECRET",
		"AZURE_SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID", "AZURE_TENANT_ID", "ARM_TENANT_ID", "AZURE_CLIENT_ID", "ARM_CLIENT_ID", "AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET",
		"DNS_UPDATE_SERVER", "DNS_UPDATE_PORT", "DNS_UPDATE_TRANSPORT", "DNS_UPDATE_KEYNAME", "DNS_UPDATE_KEYALGORITHM", "DNS_UPDATE_KEYSECRET",
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
		"AWS_ENDPOINT_URL_ROUTE_53", "AWS_ENDPOINT_URL", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_SHARED_CREDENTIALS_FILE",
		"GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
		"GOOGLE_CLOUD_PROJECT", "GOOGLE_PROJECT", "GCLOUD_PROJECT", "GOOGLE_DNS_CUSTOM_ENDPOINT",
	} {
		t.Setenv(name, "")
	}
}
