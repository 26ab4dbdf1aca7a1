package google

import (
	"errors"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googleapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator    = Service{}
	_ zone.HostService = Service{}
)

// Service is Google Cloud DNS as a DNS host.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return googleapi.Name }

// Title implements [kit.Service].
func (Service) Title() string { return "Google Cloud DNS" }

// Block implements [kit.Service].
func (s Service) Block() schema.SingleNestedAttribute { return zone.HostBlock(s) }

// Configure implements [kit.Service].
func (s Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	zone.ZonesOf(run).AddHost(s, b, diags)
}

// simulatedZone is the zone that every sandbox has at this host.
const simulatedZone = "gcp.example"

// Host implements [zone.HostService].
func (s Service) Host() *zone.Host {
	return &zone.Host{
		NameServers:     []string{googleapi.NameServerSuffix},
		AlsoCalled:      []string{"gcp", "gcloud", "clouddns", "googlecloud", "googleclouddns", "googledns"},
		Attributes:      blockAttributes,
		Read:            s.read,
		Simulated:       simulatedProject,
		SimulatedZone:   simulatedZone,
		SimulatedValues: map[string]string{"access_token": googlesim.Token, "project": googlesim.Project},
		Objection:       googleapi.Objection,
		// A plan tests the permissions, although that takes a call: Google tells which one is lacking.
		AccessTakesCall: false,
	}
}

func blockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"credentials": kit.Secret("Credentials as JSON, or the path of a file with them: the key of a service account, the configuration of workload identity federation, " +
			"or credentials of a user by gcloud. " +
			"Environment: `GOOGLE_CREDENTIALS`, else `GOOGLE_APPLICATION_CREDENTIALS`, which are ignored if `access_token` is configured here. " +
			"If neither these nor `access_token` are set anywhere, application default credentials are used: those of gcloud, or of the machine."),
		"access_token": kit.Secret("Access token, which takes precedence over `credentials`. It lasts an hour at most. " +
			"Environment: `GOOGLE_OAUTH_ACCESS_TOKEN`, which is ignored if `credentials` is configured here."),
		"impersonate_service_account": schema.StringAttribute{Optional: true, Validators: []validator.String{kit.TextCheck(googleapi.CheckServiceAccount)},
			MarkdownDescription: "E-mail address of a service account to act as. The credentials need the role `roles/iam.serviceAccountTokenCreator` on it. " +
				"In an account of `dns_accounts` without credentials, the application default credentials of the run act as it. " +
				"Environment: `GOOGLE_IMPERSONATE_SERVICE_ACCOUNT`."},
		"project": schema.StringAttribute{Optional: true, Validators: []validator.String{kit.TextCheck(googleapi.CheckProject)},
			MarkdownDescription: "ID of the project that has the zones. Default: that of the credentials. Environment: `GOOGLE_CLOUD_PROJECT`, else `GOOGLE_PROJECT`, else `GCLOUD_PROJECT`."},
		"base_url":            kit.Text(kit.BaseURLDescription + " Environment: `GOOGLE_DNS_CUSTOM_ENDPOINT`."),
		"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
	}
}

// settings are the values of a block.
type settings struct {
	credentials, token, account, project kit.Setting
	address                              *url.URL
}

// read reads the block of an account. A block that is there is enough, as Google's own tools need no
// configuration either. Without a block, the environment has to name credentials. Nobody is asked for
// credentials before a zone is looked for.
func (s Service) read(b kit.Block, diags *diag.Diagnostics) zone.HostSettings {
	v := settings{
		credentials: first(b.UnlessConfigured("access_token"), "credentials", "GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"),
		token:       b.UnlessConfigured("credentials").Text("access_token", "GOOGLE_OAUTH_ACCESS_TOKEN"),
		account:     b.Text("impersonate_service_account", "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"),
		project:     first(b, "project", "GOOGLE_CLOUD_PROJECT", "GOOGLE_PROJECT", "GCLOUD_PROJECT"),
	}
	v.address = kit.ReadURL(b, b.Text("base_url", "GOOGLE_DNS_CUSTOM_ENDPOINT").OrDefault(googleapi.DefaultBaseURL), diags)
	var lacking error
	switch wrong := v.problem(); {
	case b.Object.IsNull() && !v.credentials.IsSet() && !v.token.IsSet():
		lacking = missing(s.Title(), v.credentials)
	case b.OfAccount() && v.noCredentials():
		lacking = zone.NoCredentials(b, "Set credentials or access_token in it, or set impersonate_service_account to an account that the application default credentials of this run may act as").NotConfigured(s.Title())
	case wrong == nil:
	case wrong.Setting.Inherited:
		lacking = wrong.NotConfigured(s.Title()) // only who uses the host has to correct the environment
	default:
		wrong.Report(diags)
	}
	login := googleapi.Credentials{AccessToken: v.token.Value, Text: v.credentials.Value, Impersonate: v.account.Value}
	switch {
	case v.token.IsSet():
		login.From = zone.PlaceOf(v.token)
		if v.credentials.IsSet() {
			login.Ignored = zone.PlaceOf(v.credentials)
		}
	case v.credentials.IsSet():
		login.From = zone.PlaceOf(v.credentials)
	}
	return zone.HostSettings{
		Missing: lacking,
		Values:  map[string]kit.Setting{"credentials": v.credentials, "access_token": v.token, "project": v.project},
		Account: zone.AccountAt(v.address, v.credentials.Value, v.token.Value, v.account.Value, v.project.Value),
		Open: func(run *kit.Run) (dns.Host, error) {
			return googleapi.New(googleapi.Config{
				Credentials: login, Project: v.project.Value, BaseURL: v.address, UserAgent: run.UserAgent,
			}), nil
		},
	}
}

// noCredentials is whether the block neither has credentials nor says as whom those of the run shall act.
func (s *settings) noCredentials() bool {
	return !s.credentials.IsSet() && !s.token.IsSet() && !s.account.IsSet()
}

// missing is the error that neither a block nor credentials are there.
func missing(title string, credentials kit.Setting) error {
	err := kit.Missing(title, credentials)
	var fail *api.Error
	if errors.As(err, &fail) {
		fail.Advice += ", or write google = {} there to use application default credentials, which are those of gcloud or of the machine"
	}
	return err
}

// first reads a text attribute that several environment variables can set: the first one that is set
// counts. A setting that none of them sets names the first.
func first(b kit.Block, attribute string, variables ...string) kit.Setting {
	for _, variable := range variables {
		if s := b.Text(attribute, variable); s.IsSet() || s.Unknown {
			return s
		}
	}
	return b.Text(attribute, variables[0])
}

// simulatedProject returns a client of the simulated project in the run's sandbox.
func simulatedProject(run *kit.Run) (dns.Host, error) {
	address, err := run.SimulatedURL(googlesim.Section, googlesim.BasePath)
	if err != nil {
		return nil, err
	}
	return googleapi.New(googleapi.Config{
		Credentials: googleapi.Credentials{AccessToken: googlesim.Token}, Project: googlesim.Project,
		BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent,
	}), nil
}
