package e2e

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// released is the folder with the states of release 0.1.0. Its README says how they were made.
var released = filepath.Join("testdata", "state-0.1.0")

// releasedWorkspace returns a workspace in which release 0.1.0 has applied a configuration. name is
// a folder in released.
func releasedWorkspace(t *testing.T, name string) *workspace {
	t.Helper()
	folder := os.DirFS(filepath.Join(released, name))
	config, err := fs.ReadFile(folder, "main.tf")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, string(config))
	err = fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(w.Dir, filepath.FromSlash(path)), 0o700)
		case path == "main.tf": // newWorkspace has written it, with the provider's source
			return nil
		}
		text, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		if path == "state.json" {
			path = "terraform.tfstate" // which git would ignore
			if installation.CLI.Product == terraformcli.OpenTofu {
				// OpenTofu has another address for the same source.
				text = []byte(strings.ReplaceAll(string(text), "registry.terraform.io/", "registry.opentofu.org/"))
			}
		}
		w.write(t, filepath.FromSlash(path), string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// The states of all resources that release 0.1.0 has written plan no change, with and without a
// refresh, and after this version has saved them.
func TestReleasedStatesPlanNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"zones", "services"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := releasedWorkspace(t, name)
			had := w.addresses(t)
			w.mustPlanNothing(t)
			w.mustPlanNothing(t, "-refresh=false")
			w.mustApply(t, "-refresh-only")
			w.mustPlanNothing(t)
			w.mustApply(t)
			w.mustPlanNothing(t)
			if has := w.addresses(t); has != had {
				t.Errorf("the state held\n%sand now holds\n%s", had, has)
			}
		})
	}
}

// The fixtures have a state of each resource, so that none is forgotten.
func TestReleasedStatesHaveEachResource(t *testing.T) {
	t.Parallel()
	if installation == nil {
		t.Skip("acceptance tests run only with TF_ACC set")
	}
	var all strings.Builder
	for _, name := range []string{"zones", "services"} {
		all.WriteString(releasedWorkspace(t, name).addresses(t))
	}
	for _, resource := range []string{
		"mail_domain", "mail_user", "dkim_key", "letsencrypt_cert", "tls_certificate", "mail_domain_export",
		"dns_authorization", "dns_records", "sender_domain", "domain_verification",
	} {
		if !strings.Contains(all.String(), "postmaster_"+resource+".") {
			t.Errorf("no fixture has a state of postmaster_%s", resource)
		}
	}
}

// A destroy removes the records that release 0.1.0 has published, and leaves the records of others.
func TestReleasedRecordsAreTakenAway(t *testing.T) {
	t.Parallel()
	w := releasedWorkspace(t, "zones")
	w.must(t, "destroy", "-auto-approve", "-no-color", "-input=false")

	box := world.OpenBox(t, filepath.Join(w.Dir, "sandbox.json"), nil)
	for _, apex := range []string{"corp.example", "example.com", "example.net", "example.org"} {
		for question, want := range map[string][]string{
			"@ TXT":               {"other-site-verification=abc", "v=spf1 include:_spf.other.example ip4:198.51.100.7 -all"},
			"@ MX":                nil, // those of others were replaced, and ours are gone
			"bounce TXT":          nil,
			"_dmarc TXT":          nil,
			"mail._domainkey TXT": nil,
			"link CNAME":          nil,
			"autoconfig CNAME":    nil,
			"autoconfig A":        nil,
			"joined TXT":          {"theirs"},
			"long TXT":            nil,
			"www A":               {"198.51.100.1"},
			"_dmarc.other TXT":    {"v=DMARC1; p=reject"},
			"sub MX":              {"10 old-mx.other.example."},
			"imported MX":         nil, // an import takes records over
			"host A":              nil,
		} {
			if got := answers(t, box, apex, question); !slices.Equal(got, want) {
				t.Errorf("%s, %s: the zone has %q, want %q", apex, question, got, want)
			}
		}
	}
}

// answers returns the sorted values that a sandbox's DNS has for a question such as "www A". Its
// name is relative to apex.
func answers(t *testing.T, box *sandbox.Sandbox, apex, question string) []string {
	t.Helper()
	name, kind, _ := strings.Cut(question, " ")
	name = strings.TrimPrefix(name+"."+apex, "@.")
	address, err := box.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	query := new(miekg.Msg).SetQuestion(miekg.Fqdn(name), miekg.StringToType[kind])
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // it is read to its end, or the test has failed
	answer, _, err := new(miekg.Client).ExchangeWithConn(query, &miekg.Conn{Conn: conn})
	if err != nil {
		t.Fatalf("%s: %s", question, err)
	}
	var values []string
	for _, rr := range answer.Answer {
		switch rr := rr.(type) {
		case *miekg.TXT:
			values = append(values, strings.Join(rr.Txt, ""))
		case *miekg.MX:
			values = append(values, fmt.Sprintf("%d %s", rr.Preference, rr.Mx))
		case *miekg.A:
			values = append(values, rr.A.String())
		case *miekg.CNAME:
			values = append(values, rr.Target)
		default:
			t.Fatalf("%s: an answer of an unexpected type: %s", question, rr)
		}
	}
	slices.Sort(values)
	return values
}
