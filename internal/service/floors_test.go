package service_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

const module = "github.com/postmaster-dev/terraform-provider-postmaster"

// roomPattern matches the rooms, the packages that hold resources by concept.
const roomPattern = `internal/(mail|sender|zone|verify|cert)`

// floors are the floors of the house, from the bottom to the top. Each says which packages of this
// module its packages may import. In allowed, $1 stands for the name of the service that the
// importing package belongs to.
var floors = []struct {
	name    string
	pattern string // matches the packages of the floor
	allowed string // matches the packages that they may import
	outside string // part of an import path outside this module that they must not import
}{
	{"knowledge without knowledge of others", `internal/(api|mailrecord|netfault|protocol|terraformcli|sandbox/store|sandbox/dnsserver|cmd/table)`, ``, `terraform-plugin-framework`},
	{"knowledge", `internal/(dns|dns/stepwise|awsauth|tlsprobe|sandbox/fault|sandbox/pki|sandbox/simulation)`, `internal/(api|mailrecord|netfault|dns|sandbox/store|sandbox/fault|sandbox/dnsserver)`, `terraform-plugin-framework`},
	{"the check of domains", `internal/check`, `internal/(dns|mailrecord|netfault|tlsprobe)`, `terraform-plugin-framework`},
	{"what a configuration has set up", `internal/estate`, `internal/(check|dns|mailrecord)`, `terraform-plugin-framework`},
	{"reports", `internal/report`, `internal/(check|cmd/table|estate)`, `terraform-plugin-framework`},
	{"knowledge of templates", `internal/domainconnect`, `internal/(dns|mailrecord)`, `terraform-plugin-framework`},
	{"name servers and suites for tests", `internal/(api/apitest|dns/dnstest.*|sandbox/sandboxtest)`, `internal/(api|dns|dns/dnstest/.*|sandbox/.*)`, `terraform-plugin-framework`},
	{"the sandbox", `internal/sandbox`, `internal/(dns|sandbox/.*)`, `terraform-plugin-framework`},
	{"clients of services", `internal/service/([a-z0-9]+)/[a-z0-9]+api`, `internal/(api|awsauth|dns|dns/stepwise|mailrecord)`, `terraform-plugin-framework`},
	{"simulations of services", `internal/service/([a-z0-9]+)/[a-z0-9]+sim`, `internal/(dns|mailrecord|sandbox/.*)`, `terraform-plugin-framework`},
	{"the kit", `internal/kit`, `internal/(api|dns|mailrecord|protocol|sandbox)`, ``},
	{"functions", `internal/function`, `internal/(domainconnect|mailrecord)`, ``},
	{"rooms", roomPattern, `internal/(api|check|dns|kit|mailrecord|protocol|tlsprobe)`, ``},
	{"services", `internal/service/([a-z0-9]+)`, `internal/(api|awsauth|dns|kit|mailrecord|mail|sender|zone|verify|cert|protocol|sandbox|sandbox/.*|tlsprobe|service/$1/$1api|service/$1/$1sim)`, ``},
	{"the list of services", `internal/service`, `internal/(kit|sandbox|service/[a-z0-9]+)`, ``},
	{"the provider", `internal/provider`, `internal/(dns|kit|function|mail|sender|zone|verify|cert|sandbox|service)`, ``},
	{"commands for people", `internal/command`, `internal/(check|dns|estate|kit|mail|report|sandbox|service)`, `terraform-plugin-framework`},
	{"programs and what tests share", `(internal/(cmd/.*|testkit.*|e2e|newest))?`, `internal/.*`, ``},
}

// listed describes a package in the output of "go list".
type listed struct {
	ImportPath string
	Imports    []string
}

// Packages import only what lies below them. No room imports another room, and no service imports
// another service.
func TestImportsGoDown(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		checkImports(t, p)
	}
}

func checkImports(t *testing.T, p listed) {
	t.Helper()
	own := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
	for _, floor := range floors {
		found := regexp.MustCompile(`^` + floor.pattern + `$`).FindStringSubmatch(own)
		if found == nil {
			continue
		}
		service := "-"
		if len(found) > 1 {
			service = found[1]
		}
		allowed := regexp.MustCompile(`^(` + strings.ReplaceAll(floor.allowed, "$1", service) + `)$`)
		for _, imported := range p.Imports {
			path, ours := strings.CutPrefix(imported, module+"/")
			switch {
			case ours && !allowed.MatchString(path):
				t.Errorf("%s is on the floor of %s, and must not import %s", own, floor.name, path)
			case !ours && floor.outside != "" && strings.Contains(imported, floor.outside):
				t.Errorf("%s is on the floor of %s, and must not import %s", own, floor.name, imported)
			}
		}
		return
	}
	t.Errorf("%s is on no floor", own)
}
