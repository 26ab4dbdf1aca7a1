package service_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// simulations returns the simulation of each service, in a sandbox that ends with the test.
func simulations(t *testing.T) map[string]sandbox.Simulation {
	t.Helper()
	found := map[string]sandbox.Simulation{}
	var all []sandbox.Simulate
	for _, simulate := range service.Simulated() {
		all = append(all, func(env sandbox.Env) sandbox.Simulation {
			s := simulate(env)
			found[s.Name()] = s
			return s
		})
	}
	box, err := sandbox.Open(sandbox.Options{Services: all})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() }) //nolint:errcheck // nothing was started
	return found
}

// Each switch and setting that the code of a simulation names is described, and no other.
func TestConditionsOfServicesAreDescribed(t *testing.T) {
	for name, s := range simulations(t) {
		for prefix, options := range map[string][]simulation.Option{"Switch": s.Switches, "Setting": s.Settings} {
			var got []string
			for _, o := range options {
				got = append(got, o.Name)
				if o.Description == "" || strings.HasSuffix(o.Description, ".") {
					t.Errorf("%s: %s is described as %q", name, o.Name, o.Description)
				}
			}
			want := constants(t, filepath.Join(name, name+"sim"), prefix)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s describes %q, and its constants %s… are %q", name, got, prefix, want)
			}
		}
		if s.Title == "" || s.Tables == nil || s.Attributes == nil || s.Login == "" {
			t.Errorf("the page lacks a part of %s", name)
		}
	}
}

// constants returns the values of the constants of a package whose names begin with a prefix.
func constants(t *testing.T, folder, prefix string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has the files %q (%v)", folder, files, err)
	}
	var values []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok || general.Tok != token.CONST {
				continue
			}
			for _, spec := range general.Specs {
				for i, name := range spec.(*ast.ValueSpec).Names {
					if !strings.HasPrefix(name.Name, prefix) {
						continue
					}
					value, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[i].(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					values = append(values, value)
				}
			}
		}
	}
	return values
}

// The block that a simulation prints has attributes of the service's block, with the variables that
// their descriptions name. An attribute that has a variable is printed with it.
func TestPrintedAttributesAreThoseOfTheBlocks(t *testing.T) {
	variable := regexp.MustCompile("Environment: `([A-Z0-9_]+)`")
	found := simulations(t)
	for _, s := range kit.With[kit.Simulator](service.All) {
		block := s.Block().Attributes
		for _, a := range found[s.Name()].Attributes(sandbox.Address{URL: "http://127.0.0.1:8053/x", DNSHost: "127.0.0.1", DNSPort: 8054}) {
			attribute, ok := block[a.Name]
			if !ok {
				t.Errorf("%s has no attribute %s", s.Name(), a.Name)
				continue
			}
			named := ""
			if match := variable.FindStringSubmatch(attribute.GetMarkdownDescription()); match != nil {
				named = match[1]
			}
			if named != a.Variable {
				t.Errorf("%s.%s has the variable %q, and %q is printed", s.Name(), a.Name, named, a.Variable)
			}
			if attribute.IsSensitive() != a.Secret {
				t.Errorf("%s.%s is sensitive: %v", s.Name(), a.Name, attribute.IsSensitive())
			}
			if _, number := attribute.(schema.Int64Attribute); number != a.Number {
				t.Errorf("%s.%s is a number: %v", s.Name(), a.Name, number)
			}
		}
	}
}
