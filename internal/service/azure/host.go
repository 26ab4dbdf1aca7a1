package azure

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azureapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator    = Service{}
	_ zone.HostService = Service{}
)

// Service is Azure DNS as a DNS host.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return azureapi.Name }

// Title implements [kit.Service].
func (Service) Title() string { return "Azure DNS" }

// Block implements [kit.Service].
func (s Service) Block() schema.SingleNestedAttribute { return zone.HostBlock(s) }

// Configure implements [kit.Service].
func (s Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	zone.ZonesOf(run).AddHost(s, b, diags)
}

// Host implements [zone.HostService].
func (s Service) Host() *zone.Host {
	return &zone.Host{
		NameServers:     []string{"azure-dns.com", "azure-dns.net", "azure-dns.org", "azure-dns.info", "azure-dns.us", "azure-dns.cn"},
		AlsoCalled:      []string{"azuredns", "azurerm", "microsoft", "entra"},
		Attributes:      blockAttributes,
		Read:            s.read,
		Simulated:       simulatedValues,
		SimulatedValues: map[string]string{"subscription_id": azuresim.Subscription, "access_token": azuresim.Token},
		Objection:       azureapi.Objection,
		AccessTakesCall: true,
	}
}

// checked is a text attribute that validation checks.
func checked(check kit.TextCheck, description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Validators: []validator.String{check}, MarkdownDescription: description}
}

func blockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"subscription_id": checked(azureapi.CheckSubscription, "Subscription that has the zones. Environment: `AZURE_SUBSCRIPTION_ID`, or `ARM_SUBSCRIPTION_ID`."),
		"tenant_id":       checked(azureapi.CheckTenant, "Tenant of the application that `client_id` names. Environment: `AZURE_TENANT_ID`, or `ARM_TENANT_ID`. Without any credentials, it is the tenant whose `az login` counts."),
		"client_id":       checked(azureapi.CheckClient, "Application (client) ID, or with `use_msi` the client ID of the managed identity. Environment: `AZURE_CLIENT_ID`, or `ARM_CLIENT_ID`. If the environment says this ID, it also has to say the credentials, with the same prefix. The ID needs a credential of the application, or `use_msi`; only `AZURE_CLIENT_ID` alone names the managed identity that Azure's default chain uses."),
		"client_secret":   kit.Secret("Secret of the application. Environment: `AZURE_CLIENT_SECRET`, or `ARM_CLIENT_SECRET`. The provider ignores these if other credentials are configured here."),
		"client_certificate": kit.Secret("Certificate of the application with its key, as the content of a PKCS #12 file in base64, instead of a secret. Environment: `ARM_CLIENT_CERTIFICATE`. " +
			"The provider ignores it if other credentials are configured here."),
		"client_certificate_path":     kit.Text("Path of the same as a PKCS #12 or PEM file. Environment: `AZURE_CLIENT_CERTIFICATE_PATH`, or `ARM_CLIENT_CERTIFICATE_PATH`. The provider ignores these if other credentials are configured here."),
		"client_certificate_password": kit.Secret("Password of the certificate's file, if it has one. Environment: `AZURE_CLIENT_CERTIFICATE_PASSWORD`, or `ARM_CLIENT_CERTIFICATE_PASSWORD`."),
		"use_oidc": schema.BoolAttribute{Optional: true,
			MarkdownDescription: "Whether to log in as the application with a token that somebody else issued (workload identity federation). Default: whether such a token is configured. Environment: `ARM_USE_OIDC`."},
		"oidc_token":           kit.Secret("That token. It expires after some minutes, so a file or a request URL is better. Environment: `ARM_OIDC_TOKEN`."),
		"oidc_token_file_path": kit.Text("Path of a file with the token, which is read anew each time. Environment: `AZURE_FEDERATED_TOKEN_FILE`, or `ARM_OIDC_TOKEN_FILE_PATH`."),
		"oidc_request_url":     kit.Text("URL at which a workflow gets its token. Needs `use_oidc`. GitHub sets it for a job with `permissions: id-token: write`. Environment: `ACTIONS_ID_TOKEN_REQUEST_URL`, or `ARM_OIDC_REQUEST_URL`."),
		"oidc_request_token":   kit.Secret("Token for that URL. Environment: `ACTIONS_ID_TOKEN_REQUEST_TOKEN`, or `ARM_OIDC_REQUEST_TOKEN`."),
		"use_msi": schema.BoolAttribute{Optional: true,
			MarkdownDescription: "Whether to use the managed identity of the machine that runs Terraform. Environment: `ARM_USE_MSI`."},
		"access_token": kit.Secret("Access token for Azure Resource Manager, such as `az account get-access-token` prints, instead of all other credentials. It is used as it is, and expires after about an hour."),
		"environment": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf(azureapi.Clouds...)},
			MarkdownDescription: "`public` (the default), `usgovernment` or `china`. Environment: `ARM_ENVIRONMENT`."},
		"base_url":            kit.Text(kit.BaseURLDescription),
		"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
	}
}

// read reads the block of an account.
func (s Service) read(b kit.Block, diags *diag.Diagnostics) zone.HostSettings {
	settings := readSettings(b, diags)
	address := kit.ReadURL(b, settings.baseURL.OrDefault(settings.cloud.ManagerURL()), diags)
	subscription, credentials := settings.subscription.Value, settings.credentials()
	return zone.HostSettings{
		Missing: settings.missing(s.Title()),
		Values:  map[string]kit.Setting{"subscription_id": settings.subscription, "client_secret": settings.secret, "access_token": settings.accessToken},
		Account: zone.AccountAt(address, subscription, credentials.TenantID, credentials.ClientID, credentials.ClientSecret, credentials.AccessToken),
		Open: func(run *kit.Run) (dns.Host, error) {
			return azureapi.New(azureapi.Config{
				SubscriptionID: subscription, Cloud: settings.cloud, Credentials: credentials, BaseURL: address, UserAgent: run.UserAgent,
			}), nil
		},
	}
}

// simulatedValues returns a client of the simulated Azure DNS in the run's sandbox.
func simulatedValues(run *kit.Run) (dns.Host, error) {
	address, err := run.SimulatedURL(azuresim.Section, "")
	if err != nil {
		return nil, err
	}
	return azureapi.New(azureapi.Config{
		SubscriptionID: azuresim.Subscription, Credentials: azureapi.Credentials{AccessToken: azuresim.Token},
		BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent,
		Unpaced: !run.Sandbox().Limited(azuresim.Section),
	}), nil
}
