package standin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// Hooks are what the stand-ins do. Without a hook, the creation of a domain or a record is an error,
// and a deletion does nothing.
type Hooks struct {
	// Register registers a domain with SendGrid.
	Register func(ctx context.Context, domain string) (Registered, error)
	// Publish publishes a record, and Withdraw deletes it again.
	Publish, Withdraw func(ctx context.Context, r Record) error
}

// Registered is a domain at SendGrid.
type Registered struct {
	ID, UserID          int64
	Subdomain, Username string
}

// Record is a DNS record. Values are written as the resource writes them.
type Record struct {
	Zone, Name, Type string
	Values           []string
	Priority         int64 // 0 for none
}

// addresses are the sources of the providers, as configurations name them.
func addresses(h Hooks) map[string]provider.Provider {
	return map[string]provider.Provider{
		"kenzo0107/sendgrid": standIn{"sendgrid", []func() resource.Resource{h.senderAuthentication}},
		"trois-six/sendgrid": standIn{"sendgrid", []func() resource.Resource{h.domainAuthentication}},
		"cloudflare/cloudflare": standIn{"cloudflare", []func() resource.Resource{
			h.cloudflareRecord,
			web("cloudflare_workers_script", "account_id", "script_name", "main_module", "compatibility_date", "content"),
			web("cloudflare_workers_custom_domain", "account_id", "zone_id", "hostname", "service"),
		}},
		"hashicorp/aws": standIn{"aws", []func() resource.Resource{
			h.route53Record,
			web("aws_s3_object", "bucket", "key", "content", "content_type", "cache_control"),
		}},
	}
}

// Variable is the environment variable by which Terraform finds running providers.
const Variable = "TF_REATTACH_PROVIDERS"

// Serve serves all stand-ins until the context ends. It returns the value of [Variable].
func Serve(ctx context.Context, h Hooks) (string, error) {
	type address struct{ Network, String string }
	type process struct {
		Protocol        string
		ProtocolVersion int
		Pid             int
		Test            bool
		Addr            address
	}
	// The plug-in libraries log every call to the standard error of the process that serves, which is
	// the test's own.
	if err := os.Setenv("TF_LOG_SDK", "off"); err != nil {
		return "", err
	}
	processes := map[string]process{}
	for source, p := range addresses(h) {
		started, ended := make(chan *plugin.ReattachConfig, 1), make(chan struct{})
		serve := func() tfprotov6.ProviderServer { return providerserver.NewProtocol6(p)() }
		go func() {
			_ = tf6server.Serve("registry.terraform.io/"+source, serve, tf6server.WithDebug(ctx, started, ended), tf6server.WithoutLogStderrOverride(), tf6server.WithGoPluginLogger(hclog.NewNullLogger()))
		}()
		select {
		case c := <-started:
			// Terraform and OpenTofu have default registries of their own.
			for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
				processes[host+"/"+source] = process{string(c.Protocol), c.ProtocolVersion, c.Pid, c.Test, address{c.Addr.Network(), c.Addr.String()}}
			}
		case <-ended:
			return "", fmt.Errorf("the stand-in for %s could not be started", source)
		case <-time.After(time.Minute):
			return "", fmt.Errorf("the stand-in for %s did not start", source)
		}
	}
	value, err := json.Marshal(processes)
	return string(value), err
}

// standIn is a provider without settings.
type standIn struct {
	name      string
	resources []func() resource.Resource
}

func (p standIn) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = p.name
}

func (standIn) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (standIn) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (p standIn) Resources(context.Context) []func() resource.Resource { return p.resources }

func (standIn) DataSources(context.Context) []func() datasource.DataSource { return nil }

// made is a resource of a stand-in. Its state is what create returns, as long as it exists.
type made struct {
	name   string
	schema schema.Schema
	create func(ctx context.Context, planned getter) (values map[string]any, err error)
	remove func(ctx context.Context, state getter) error
}

func (m made) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = m.name
}

func (m made) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = m.schema
}

func (m made) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	values, err := m.create(ctx, req.Plan)
	if err != nil {
		resp.Diagnostics.AddError("Unable to create", err.Error())
		return
	}
	resp.State.Raw = req.Plan.Raw
	for name, value := range values {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, root(name), value)...)
	}
}

func (made) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (made) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("Unable to change", "This stand-in changes nothing.")
}

func (m made) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if err := m.remove(ctx, req.State); err != nil {
		resp.Diagnostics.AddError("Unable to delete", err.Error())
	}
}

var errNoHook = errors.New("this stand-in only validates")
