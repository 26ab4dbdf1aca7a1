package zone

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	frameworkresource "github.com/hashicorp/terraform-plugin-framework/resource"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// toyService is a service without an account.
type toyService struct{ name, title string }

func (s toyService) Name() string                                   { return s.name }
func (s toyService) Title() string                                  { return s.title }
func (toyService) Block() schema.SingleNestedAttribute              { return schema.SingleNestedAttribute{} }
func (toyService) Configure(*kit.Run, kit.Block, *diag.Diagnostics) {}

// toyHost is a DNS host.
type toyHost struct{ toyService }

func (h toyHost) Host() *Host { return &Host{NameServers: []string{h.name + ".example"}} }

// anyToyHost is a DNS host whose name servers can have any name.
type anyToyHost struct{ toyHost }

func (anyToyHost) AnyServer() string { return "any toy" }

// toyDelegate is a delegate that writes at the host "toy", which it calls "t". Its answers are its
// fields.
type toyDelegate struct {
	toyService
	called string
	err    error
}

func (toyDelegate) DelegateHosts() []string { return []string{"toy"} }

func (toyDelegate) DelegateWords() DelegateWords { return DelegateWords{Shows: "which shows all"} }

func (d toyDelegate) Delegate(*kit.Run) Delegate { return d }

func (d toyDelegate) Check(AuthorizationID) error { return d.err }

func (d toyDelegate) FindHost(context.Context, string) (called, host string, err error) {
	if d.called == "t" {
		host = "toy"
	}
	return d.called, host, d.err
}

func (toyDelegate) MayAnswerLater(err error) bool { return errors.Is(err, api.ErrUnavailable) }

func (d toyDelegate) Try(context.Context, AuthorizationID) error { return d.err }

// toyHosts are the only DNS hosts of the provider.
var toyHosts = Hosts{toyHost{toyService{"toy", "Toy DNS"}}, anyToyHost{toyHost{toyService{"any", "the toy server"}}}}

// A delegate that the room does not know by name works for its hosts.
func TestDelegate(t *testing.T) {
	resourceOf := func(d toyDelegate) *AuthorizationResource {
		d.toyService = toyService{"robot", "the Robot"}
		return &AuthorizationResource{Hosts: toyHosts, Delegates: []DelegateService{d}}
	}
	delegateOf := func(r *AuthorizationResource) DelegateService {
		d, ok := r.delegate("robot")
		if !ok {
			t.Fatal("there is no delegate")
		}
		return d
	}
	t.Run("schema", func(t *testing.T) {
		var resp frameworkresource.SchemaResponse
		r := resourceOf(toyDelegate{})
		r.Schema(t.Context(), frameworkresource.SchemaRequest{}, &resp)
		via := resp.Schema.Attributes["via"].(resourceschema.StringAttribute)
		if said := via.MarkdownDescription; !testkit.ContainsAll(said, []string{"or `robot`: the Robot is asked", "which shows all.", "writes records at Toy DNS."}) {
			t.Errorf("it is described as %s", said)
		}
		for value, wrong := range map[string]bool{"direct": false, "robot": false, "octeth": true} {
			var resp validator.StringResponse
			for _, v := range via.Validators {
				v.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("via"), ConfigValue: types.StringValue(value)}, &resp)
			}
			if resp.Diagnostics.HasError() != wrong {
				t.Errorf("%s: %v", value, resp.Diagnostics)
			}
		}
		if id, via, err := r.parseImport("toy/example.com#via=robot"); err != nil || id.Host != "toy" || via != "robot" {
			t.Errorf("the import is of %s via %s: %v", id, via, err)
		}
	})
	for name, c := range map[string]struct {
		d       toyDelegate
		host    string
		passing bool
		says    string
	}{
		"found":       {d: toyDelegate{called: "t"}, host: "toy"},
		"elsewhere":   {d: toyDelegate{called: "u"}, says: `The Robot says that the DNS of example.com is at "u"`},
		"not found":   {d: toyDelegate{err: api.ErrNotFound}, passing: true, says: "nevertheless at a host that the Robot can use (Toy DNS)"},
		"unavailable": {d: toyDelegate{err: api.ErrUnavailable}, passing: true, says: api.ErrUnavailable.Error()},
		"refused":     {d: toyDelegate{err: api.ErrAuth}, says: api.ErrAuth.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			r := resourceOf(c.d)
			host, problem := r.FindHostBy(t.Context(), delegateOf(r), "example.com")
			if host != c.host || (problem == nil) != (c.says == "") {
				t.Fatalf("found %q: %+v", host, problem)
			}
			if problem != nil && (problem.passing != c.passing || !strings.Contains(problem.detail, c.says)) {
				t.Errorf("it says %+v; want %q", problem, c.says)
			}
		})
	}
	for name, c := range map[string]struct {
		err     error
		summary string
		says    []string
	}{
		"trial refused at the host": {&DelegateRefusedError{Cause: errors.New("no entry"), Hurdle: "Open the door"}, "The Robot may not edit the zone",
			[]string{"no entry.", "Only the Robot is refused by Toy DNS", "Open the door."}},
		"trial that failed": {errors.New("out of order"), "Unable to let the Robot try the credentials", []string{"out of order."}},
	} {
		t.Run(name, func(t *testing.T) {
			var diags diag.Diagnostics
			r := resourceOf(toyDelegate{err: c.err})
			r.TryBy(t.Context(), delegateOf(r), AuthorizationID{Host: "toy", Domain: "example.com"}, dns.HostedZone{Apex: "example.com"}, &diags)
			if len(diags) != 1 || diags[0].Summary() != c.summary || !testkit.ContainsAll(diags[0].Detail(), c.says) {
				t.Errorf("it says %v", diags)
			}
		})
	}
}

// Hosts are detected by their own name-server patterns.
func TestHostsOfAList(t *testing.T) {
	if found, supported := toyHosts.detect(dns.Zone{Apex: "example.com", NameServers: []string{"ns1.toy.example", "ns2.toy.example"}}); !supported || found.Name != "toy" || found.Title != "Toy DNS" {
		t.Errorf("found %+v, %t", found, supported)
	}
	if found, supported := toyHosts.detect(dns.Zone{Apex: "example.com", NameServers: []string{"ns1.desec.io"}}); supported || found.Name != "desec" {
		t.Errorf("found %+v, %t", found, supported)
	}
	if said := toyHosts.unsupported("elsewhere"); !strings.Contains(said, "supports the hosts toy, any (any toy is any).") {
		t.Error(said)
	}
	if _, err := toyHosts.parseID("cloudflare/example.com"); err == nil || !strings.Contains(err.Error(), "such as toy/example.com or toy@ACCOUNT/example.com: the hosts are toy, any") {
		t.Error(err)
	}
	if _, err := ParseAuthorizationID("cloudflare/example.com"); err != nil {
		t.Errorf("the form is refused: %v", err)
	}
}

// forgetfulHost does not tell its accounts apart.
type forgetfulHost struct{ toyService }

func (forgetfulHost) Host() *Host { return &Host{} }

// Two accounts share an editor only if the host says that they are one.
func TestAccountsThatAHostDoesNotTellApart(t *testing.T) {
	run := kit.NewRun("test", nil)
	host := forgetfulHost{toyService{"toy", "Toy"}}
	NewZones(run, []HostService{host})
	z := ZonesOf(run)
	for _, account := range []string{"", "a", "b"} {
		z.settings[AccountKey{Host: "toy", Account: account}] = HostSettings{Open: func(*kit.Run) (dns.Host, error) { return nil, nil }}
	}
	seen := map[*dns.Editor]bool{}
	for _, account := range []string{"", "a", "b", "a"} {
		e, err := z.Editor(AccountKey{Host: "toy", Account: account})
		if err != nil {
			t.Fatal(err)
		}
		seen[e] = true
	}
	if len(seen) != 3 {
		t.Errorf("three accounts have %d editors", len(seen))
	}
}
