package service_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// secretsTested is the package that tests that a client keeps secrets to itself. The functions are
// those that do so, for a client with an HTTP API and for one without.
const secretsTested = module + "/internal/api/apitest"

var secretsTests = map[string]bool{"RunSecrets": true, "CheckError": true}

// A package below the folder of every service tests that the service's client keeps secrets to
// itself.
func TestEveryClientIsTriedForSecrets(t *testing.T) {
	for _, s := range service.All {
		files, err := filepath.Glob(filepath.Join(s.Name(), "*", "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		tried := false
		for _, file := range files {
			tried = tried || triesSecrets(t, file)
		}
		if !tried {
			t.Errorf("no test below internal/service/%s calls apitest.RunSecrets (or apitest.CheckError, if the service has no HTTP API). "+
				"Add secrets_test.go to the package of the client", s.Name())
		}
	}
}

// triesSecrets reports whether a test function in a file calls one of secretsTests.
func triesSecrets(t *testing.T, file string) bool {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	for _, imported := range parsed.Imports {
		if of, _ := strconv.Unquote(imported.Path.Value); of == secretsTested {
			name = path.Base(secretsTested)
			if imported.Name != nil {
				name = imported.Name.Name
			}
		}
	}
	found := false
	for _, declared := range parsed.Decls {
		test, ok := declared.(*ast.FuncDecl)
		if !ok || name == "" || test.Recv != nil || !strings.HasPrefix(test.Name.Name, "Test") {
			continue
		}
		ast.Inspect(test, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			called, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, ok := called.X.(*ast.Ident)
			found = found || ok && from.Name == name && secretsTests[called.Sel.Name]
			return true
		})
	}
	return found
}
