package provider

import (
	"cmp"
	"net"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/namecheap"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/rfc2136"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
	sandboxcloudflare "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/cloudflare"
	sandboxgodaddy "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/godaddy"
	sandboxnamecheap "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/namecheap"
	sandboxrfc2136 "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/rfc2136"
)

var cloudflareKind = hostKind{
	name: "cloudflare", title: "Cloudflare",
	attributes: func() map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"api_token":           secret("API token with the permission Zone / DNS / Edit. Environment: `CLOUDFLARE_API_TOKEN`."),
			"base_url":            text(baseURLDescription + " Environment: `CLOUDFLARE_BASE_URL`."),
			"allow_insecure_http": allowInsecureHTTPAttribute(),
		}
	},
	read: func(b block, diags *diag.Diagnostics) hostSettings {
		token := b.text("api_token", "CLOUDFLARE_API_TOKEN")
		base := b.text("base_url", "CLOUDFLARE_BASE_URL")
		address := readURL(b, base.orDefault(cloudflare.DefaultBaseURL), diags)
		access := octethAccess{credentials: octeth.Credentials{Key: token.value}}
		return hostSettings{missing: missing("Cloudflare", token), credentials: credentialsOf(address, token.value), octeth: access, build: func(s *Run) (dns.Host, error) {
			return cloudflare.New(cloudflare.Config{APIToken: token.value, BaseURL: address, UserAgent: s.UserAgent}), nil
		}}
	},
	simulated: func(s *Run) (dns.Host, error) {
		address, err := s.SimulatedURL(sandboxcloudflare.Section, sandboxcloudflare.BasePath)
		if err != nil {
			return nil, err
		}
		return cloudflare.New(cloudflare.Config{APIToken: sandboxcloudflare.Token, BaseURL: address, Transport: s.Sandbox().Transport(), UserAgent: s.UserAgent,
			Unpaced: !s.Sandbox().Limited(sandboxcloudflare.Section)}), nil
	},
	octeth: octeth.Cloudflare, simulatedOcteth: octeth.Credentials{Key: sandboxcloudflare.Token},
	octethHurdle: "Look whether the token is limited to client IP addresses that the Octeth server's is not among",
}

var namecheapKind = hostKind{
	name: "namecheap", title: "Namecheap",
	attributes: func() map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"api_user":            text("API user. Environment: `NAMECHEAP_API_USER`."),
			"api_key":             secret("API key. Environment: `NAMECHEAP_API_KEY`."),
			"user_name":           text("Account that is meant, where it is not the API user's own. Environment: `NAMECHEAP_USER_NAME`."),
			"client_ip":           text("IPv4 address that the calls come from. It has to be on the account's allow-list. Environment: `NAMECHEAP_CLIENT_IP`."),
			"use_sandbox":         schema.BoolAttribute{Optional: true, MarkdownDescription: "Use Namecheap's own test system, `api.sandbox.namecheap.com`. Environment: `NAMECHEAP_USE_SANDBOX`."},
			"base_url":            text(baseURLDescription),
			"allow_insecure_http": allowInsecureHTTPAttribute(),
		}
	},
	read: func(b block, diags *diag.Diagnostics) hostSettings {
		user := b.text("api_user", "NAMECHEAP_API_USER")
		key := b.text("api_key", "NAMECHEAP_API_KEY")
		name := b.text("user_name", "NAMECHEAP_USER_NAME")
		ip := b.text("client_ip", "NAMECHEAP_CLIENT_IP")
		base := b.text("base_url", "")
		testing := b.switched("use_sandbox", "NAMECHEAP_USE_SANDBOX", diags)
		standard := namecheap.ProductionURL
		if testing {
			standard = namecheap.SandboxURL
		}
		address := readURL(b, base.orDefault(standard), diags)
		access := octethAccess{credentials: octeth.Credentials{Key: key.value, User: user.value, Username: name.orDefault(user.value).value}}
		account := credentialsOf(address, user.value, key.value, name.orDefault(user.value).value)
		return hostSettings{missing: missing("Namecheap", user, key, ip), credentials: account, octeth: access, build: func(s *Run) (dns.Host, error) {
			return namecheap.New(namecheap.Config{APIUser: user.value, APIKey: key.value, UserName: name.value, ClientIP: ip.value,
				BaseURL: address, UserAgent: s.UserAgent}), nil
		}}
	},
	simulated: func(s *Run) (dns.Host, error) {
		address, err := s.SimulatedURL(sandboxnamecheap.Section, sandboxnamecheap.Path)
		if err != nil {
			return nil, err
		}
		return namecheap.New(namecheap.Config{APIUser: sandboxnamecheap.APIUser, APIKey: sandboxnamecheap.APIKey, ClientIP: sandboxnamecheap.ClientIP,
			BaseURL: address, Transport: s.Sandbox().Transport(), UserAgent: s.UserAgent,
			CallsPerMinute: s.SimulatedPace(sandboxnamecheap.Section)}), nil
	},
	objection:       namecheap.Objection,
	octeth:          octeth.Namecheap,
	simulatedOcteth: octeth.Credentials{Key: sandboxnamecheap.APIKey, User: sandboxnamecheap.APIUser, Username: sandboxnamecheap.APIUser},
	octethHurdle:    "Add the address of the Octeth server to the allow-list of the account, in Namecheap's settings of API access",
}

var godaddyKind = hostKind{
	name: "godaddy", title: "GoDaddy",
	attributes: func() map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"token":       secret("Personal access token (API v3). Environment: `GODADDY_TOKEN`, which is ignored if `api_key` or `api_secret` is configured here."),
			"api_key":     secret("API key (API v1), with `api_secret` in place of a token. Beside a token, only Octeth uses it. Environment: `GODADDY_API_KEY`, which is ignored if `token` is configured here."),
			"api_secret":  secret("API secret. Environment: `GODADDY_API_SECRET`, which is ignored if `token` is configured here."),
			"shopper_id":  text("Customer on whose behalf a reseller works (API v1)."),
			"environment": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf("production", "ote")}, MarkdownDescription: "`production` (the default) or `ote`, GoDaddy's test system."},
			"base_url":    text(baseURLDescription), "allow_insecure_http": allowInsecureHTTPAttribute(),
		}
	},
	read: func(b block, diags *diag.Diagnostics) hostSettings {
		token, key, keySecret := readGoDaddyCredentials(b)
		shopper := b.text("shopper_id", "")
		environment := b.text("environment", "")
		base := b.text("base_url", "")
		standard := godaddy.ProductionURL
		if environment.value == "ote" {
			standard = godaddy.OTEURL
		}
		address := readURL(b, base.orDefault(standard), diags)
		lacking := missing("GoDaddy", token)
		if !token.isSet() && !token.unknown && (key.isSet() || key.unknown || keySecret.isSet()) {
			lacking = missing("GoDaddy", key, keySecret)
		}
		account := credentialsOf(address, "key", key.value, keySecret.value, shopper.value)
		if token.isSet() { // it is used where there is a key too
			account = credentialsOf(address, "token", token.value, shopper.value)
		}
		return hostSettings{missing: lacking, credentials: account, octeth: octethAtGoDaddy(key, keySecret), build: func(s *Run) (dns.Host, error) {
			return godaddy.New(godaddy.Config{Token: token.value, Key: key.value, Secret: keySecret.value, ShopperID: shopper.value,
				BaseURL: address, UserAgent: s.UserAgent}), nil
		}}
	},
	simulated: func(s *Run) (dns.Host, error) {
		address, err := s.SimulatedURL(sandboxgodaddy.Section, "")
		if err != nil {
			return nil, err
		}
		return godaddy.New(godaddy.Config{Token: sandboxgodaddy.Token, BaseURL: address, Transport: s.Sandbox().Transport(), UserAgent: s.UserAgent,
			CallsPerMinute: s.SimulatedPace(sandboxgodaddy.Section)}), nil
	},
	objection: godaddy.Objection,
	octeth:    octeth.GoDaddy, simulatedOcteth: octeth.Credentials{Key: sandboxgodaddy.Key, Secret: sandboxgodaddy.Secret},
	octethHurdle: "Octeth uses api_key and api_secret, which this provider does not where a token is set beside them: make sure that they are of the production " +
		"environment and of the same customer. GoDaddy lets the API v1 be used by accounts only that it deems large enough",
}

// readGoDaddyCredentials reads the token and the key with its secret, of which either is
// enough. What the configuration has of one decides against the variables of the other;
// the two halves of the key may still come from different places.
func readGoDaddyCredentials(b block) (token, key, keySecret setting) {
	token = b.unlessConfigured("api_key", "api_secret").text("token", "GODADDY_TOKEN")
	pair := b.unlessConfigured("token")
	return token, pair.text("api_key", "GODADDY_API_KEY"), pair.text("api_secret", "GODADDY_API_SECRET")
}

var rfc2136Kind = hostKind{
	name: "rfc2136", title: "the RFC 2136 server", accessTakesCall: true,
	attributes: func() map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"server": schema.StringAttribute{Optional: true, Validators: []validator.String{textCheck(rfc2136.CheckServer)},
				MarkdownDescription: "Host name or address of the primary name server, without the port. Environment: `DNS_UPDATE_SERVER`."},
			"port": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(1, 65535)},
				MarkdownDescription: "Its port. Default: 53. Environment: `DNS_UPDATE_PORT`."},
			"transport": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf("tcp", "udp")},
				MarkdownDescription: "`tcp` (the default) or `udp`. Environment: `DNS_UPDATE_TRANSPORT`."},
			"key_name": text("Name of the TSIG key. Environment: `DNS_UPDATE_KEYNAME`."),
			"key_algorithm": schema.StringAttribute{Optional: true, Validators: []validator.String{textCheck(rfc2136.CheckAlgorithm)},
				MarkdownDescription: "`hmac-sha256` (the default), `hmac-sha384` or `hmac-sha512`, in either case. Environment: `DNS_UPDATE_KEYALGORITHM`."},
			"key_secret": secret("Secret of the TSIG key, in base64. Environment: `DNS_UPDATE_KEYSECRET`."),
		}
	},
	read: func(b block, diags *diag.Diagnostics) hostSettings {
		server := b.text("server", "DNS_UPDATE_SERVER")
		transport := b.text("transport", "DNS_UPDATE_TRANSPORT")
		name := b.text("key_name", "DNS_UPDATE_KEYNAME")
		algorithm := b.text("key_algorithm", "DNS_UPDATE_KEYALGORITHM")
		keySecret := b.text("key_secret", "DNS_UPDATE_KEYSECRET")
		port := b.number("port", "DNS_UPDATE_PORT", diags)
		lacking := missing("the RFC 2136 server", server)
		if lacking == nil && (name.isSet() || keySecret.isSet() || name.unknown || keySecret.unknown) {
			lacking = missing("the RFC 2136 server", name, keySecret)
		}
		account := credentialsOf(nil, dns.FoldName(server.value), strconv.Itoa(cmp.Or(port, 53)), dns.FoldName(name.value), keySecret.value)
		return hostSettings{missing: lacking, credentials: account, build: func(*Run) (dns.Host, error) {
			return rfc2136.New(rfc2136.Config{Server: server.value, Port: port, Transport: transport.value,
				KeyName: name.value, KeyAlgorithm: algorithm.value, KeySecret: keySecret.value})
		}}
	},
	simulated: simulatedNameServer,
}

// simulatedNameServer is the server of the sandbox that takes dynamic updates.
func simulatedNameServer(run *Run) (dns.Host, error) {
	address, err := run.Sandbox().DNSAddr()
	if err != nil {
		return nil, err
	}
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	return rfc2136.New(rfc2136.Config{Server: host, Port: port,
		KeyName: sandboxrfc2136.KeyName, KeyAlgorithm: sandboxrfc2136.Algorithm, KeySecret: sandboxrfc2136.KeySecret})
}
