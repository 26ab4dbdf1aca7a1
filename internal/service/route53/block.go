package route53

import (
	"net/url"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/awsauth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

func blockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"access_key":    kit.Text("Access key ID. Environment: `AWS_ACCESS_KEY_ID`. If neither an access key nor a profile is set, the credentials come from where all programs for AWS look: the environment (also `AWS_WEB_IDENTITY_TOKEN_FILE` with `AWS_ROLE_ARN`), the default profile, the container, the machine."),
		"secret_key":    kit.Secret("Secret access key that belongs to the access key. Environment: `AWS_SECRET_ACCESS_KEY`."),
		"session_token": kit.Secret("Session token of a temporary access key. Environment: `AWS_SESSION_TOKEN`."),
		"profile":       kit.Text("Profile in the shared configuration files, also one for IAM Identity Center (`aws sso login`). An access key that is configured here wins over it. Environment: `AWS_PROFILE`."),
		"region":        kit.Text("Region of the account, such as `eu-central-1`. Route 53 has one address for all regions: it only matters for China, GovCloud and other separate partitions, and for where a role is assumed. Environment: `AWS_REGION`, or `AWS_DEFAULT_REGION`."),
		"assume_role": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Role to assume with these credentials, such as that of a customer's account. In an account of `dns_accounts` without an access key and a profile, the credentials that the run itself has assume the role: those of the environment, the default profile or the machine.",
			Attributes: map[string]schema.Attribute{
				"role_arn":     kit.Text("ARN of the role. It has to be set."),
				"session_name": kit.Text("Name of the session in the logs of the account. Default: `" + awsauth.SessionName + "`."),
				"external_id":  kit.Text("External ID, if the role asks for one."),
			},
		},
		"base_url":            kit.Text(kit.BaseURLDescription + " Environment: `AWS_ENDPOINT_URL_ROUTE_53`, or `AWS_ENDPOINT_URL`."),
		"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
	}
}

// fromElsewhere are environment variables that point to credentials which are not attributes of the
// block. With one of them set, the provider works without a block.
var fromElsewhere = []string{
	"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_SHARED_CREDENTIALS_FILE",
}

// read reads the block of an account. Environment variables that all programs for AWS know are mostly
// left to the SDK: they are read here only as far as a missing setting can be told before any call.
func (s Service) read(b kit.Block, diags *diag.Diagnostics) zone.HostSettings {
	// A profile in the configuration wins over keys in the environment, and keys over a profile.
	v := &settings{
		accessKey: b.UnlessConfigured("profile").Text("access_key", "AWS_ACCESS_KEY_ID"),
		secretKey: b.UnlessConfigured("profile").Text("secret_key", "AWS_SECRET_ACCESS_KEY"),
		token:     b.UnlessConfigured("profile", "access_key").Text("session_token", "AWS_SESSION_TOKEN"),
		profile:   b.UnlessConfigured("access_key").Text("profile", "AWS_PROFILE"),
		complete:  b.Env,
	}
	var address *url.URL
	address, v.region, v.base = readAddress(b, diags)
	v.role = readRole(b)
	if wrong := v.configuredProblem(); wrong != nil {
		wrong.Report(diags)
	}
	login := awsauth.Settings{AccessKey: v.accessKey.Value, SecretKey: v.secretKey.Value, SessionToken: v.token.Value, Region: v.region.Value, Role: v.role.role()}
	if !v.profile.Inherited {
		login.Profile = v.profile.Value // the SDK reads the variable itself
	}
	return zone.HostSettings{
		Missing: s.missing(b, v),
		Values:  map[string]kit.Setting{"access_key": v.accessKey, "secret_key": v.secretKey, "session_token": v.token},
		Account: zone.AccountAt(address, login.AccessKey, login.SecretKey, v.profile.Value, login.Role.ARN, login.Role.ExternalID),
		Open: func(run *kit.Run) (dns.Host, error) {
			return route53api.New(route53api.Config{Login: login, BaseURL: address, UserAgent: run.UserAgent}), nil
		},
	}
}

// missing says what has to be set before the account can be used. A block without keys and profile is
// enough, even an empty one: its credentials are searched where AWS's programs search. Without a block,
// the environment has to name some, because no metadata server is asked unless somebody wants it.
func (s Service) missing(b kit.Block, v *settings) error {
	var unknown []kit.Setting
	for _, setting := range append(v.role.all(), v.token, v.profile, v.region, v.base, v.accessKey, v.secretKey) {
		if setting.Unknown {
			unknown = append(unknown, setting)
		}
	}
	if unknown != nil {
		return kit.Missing(s.Title(), unknown...)
	}
	if v.accessKey.IsSet() || v.secretKey.IsSet() {
		if err := kit.Missing(s.Title(), v.accessKey, v.secretKey); err != nil {
			return err
		}
	}
	if wrong := v.regionProblem(); wrong != nil {
		return wrong.NotConfigured(s.Title())
	}
	if v.accessKey.IsSet() {
		return nil
	}
	if b.OfAccount() && !v.profile.IsSet() && v.role == nil {
		return zone.NoCredentials(b, "Set access_key and secret_key, or profile, in it, or set assume_role to a role that the credentials of this run may assume").NotConfigured(s.Title())
	}
	if !b.Object.IsNull() || v.profile.IsSet() || b.Env && anySet(fromElsewhere) {
		return nil
	}
	return &api.Error{
		Service: s.Title(), Op: "configure", Kind: api.ErrNotConfigured, Answer: "not configured",
		Advice: "Set route53.access_key (environment: AWS_ACCESS_KEY_ID) and route53.secret_key (environment: AWS_SECRET_ACCESS_KEY), or route53.profile (environment: AWS_PROFILE), in the configuration of the provider \"postmaster\". " +
			"With an empty block, route53 = {}, the default profile or the role of this machine is used",
	}
}

// readAddress reads the address of the API, and the two settings that it depends on.
func readAddress(b kit.Block, diags *diag.Diagnostics) (address *url.URL, region, base kit.Setting) {
	region = firstOf(b, "region", "AWS_REGION", "AWS_DEFAULT_REGION")
	base = firstOf(b, "base_url", endpointVariables()...)
	return kit.ReadURL(b, base.OrDefault(route53api.BaseURL(region.Value)), diags), region, base
}

// readRole reads the role to assume; nil: none. Its settings may be unknown.
func readRole(b kit.Block) *roleSettings {
	object, ok := b.Object.Attributes()["assume_role"].(types.Object)
	if !ok || object.IsNull() {
		return nil
	}
	of := kit.Block{At: b.Path("assume_role"), Name: b.Name + ".assume_role", Object: object}
	return &roleSettings{
		at:  kit.Setting{At: of.At, Attribute: of.Name},
		arn: of.Text("role_arn", ""), session: of.Text("session_name", ""), id: of.Text("external_id", ""),
	}
}

// role returns the role for the client.
func (r *roleSettings) role() awsauth.Role {
	if r == nil {
		return awsauth.Role{}
	}
	return awsauth.Role{ARN: r.arn.Value, SessionName: r.session.Value, ExternalID: r.id.Value}
}

// all returns the settings of a role.
func (r *roleSettings) all() []kit.Setting {
	if r == nil {
		return nil
	}
	return []kit.Setting{r.arn, r.session, r.id}
}

// firstOf reads an attribute that has several environment variables. The first one that is set counts.
func firstOf(b kit.Block, attribute string, variables ...string) kit.Setting {
	var found kit.Setting
	for _, variable := range append(variables, "") {
		if found = b.Text(attribute, variable); found.IsSet() || found.Unknown {
			break
		}
	}
	return found
}

// endpointVariables are the variables with the address of the API, unless all programs shall ignore
// them.
func endpointVariables() []string {
	if strings.EqualFold(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		return nil
	}
	return []string{"AWS_ENDPOINT_URL_ROUTE_53", "AWS_ENDPOINT_URL"}
}

func anySet(variables []string) bool {
	for _, variable := range variables {
		if os.Getenv(variable) != "" {
			return true
		}
	}
	return false
}
