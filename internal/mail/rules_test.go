package mail

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// fakeMail is a mail service with a name and rules, and without a client.
type fakeMail struct {
	Service
	name  string
	rules Rules
}

func (f fakeMail) Name() string { return f.name }

func (f fakeMail) Title() string { return "the service " + f.name }

func (f fakeMail) Block() schema.SingleNestedAttribute { return schema.SingleNestedAttribute{} }

func (f fakeMail) MailRules() Rules { return f.rules }

// A state may hold a password that is too long for the server, from a version that did not check
// the length. It must keep working.
func TestLongPasswordInTheState(t *testing.T) {
	service := fakeMail{rules: Rules{LongestPassword: 256}}
	var diags diag.Diagnostics
	p := Passwords{Password: types.StringValue(strings.Repeat("p", 257))}
	checkPasswordLength(service, p, false, path.Empty(), &diags)
	if diags.HasError() || diags.WarningsCount() != 1 {
		t.Errorf("it said %v", diags)
	}
	diags = nil
	checkPasswordLength(service, Passwords{Password: types.StringValue(strings.Repeat("p", 256))}, true, path.Empty(), &diags)
	if len(diags) != 0 {
		t.Errorf("of 256 bytes it said %v", diags)
	}
}

// A hash that one service stores is refused only if the mailbox is at another one.
func TestHashesOfSeveralServices(t *testing.T) {
	takes := func(prefix string) func(string) string {
		return func(hash string) string {
			if strings.HasPrefix(hash, prefix) {
				return ""
			}
			return "It does not begin with " + prefix + "."
		}
	}
	one := fakeMail{name: "one", rules: Rules{CheckHash: takes("$1$")}}
	six := fakeMail{name: "six", rules: Rules{CheckHash: takes("$6$")}}
	none := fakeMail{name: "none"}
	services := services{one, six, none}
	for _, c := range []struct {
		service    Service
		hash, says string
	}{
		{nil, "$1$a$b", ""}, {nil, "$6$a$b", ""}, {nil, "$5$a$b", "begin with $1$"},
		{one, "$1$a$b", ""}, {one, "$6$a$b", "begin with $1$"},
		{six, "$6$a$b", ""}, {six, "$1$a$b", "begin with $6$"},
		{none, "$5$a$b", ""}, // it lacks the attribute
	} {
		var diags diag.Diagnostics
		services.refuseHashes(c.service, Passwords{HashWO: types.StringValue(c.hash)}, &diags)
		said := ""
		if diags.HasError() {
			said = diags[0].Detail()
		}
		if (said == "") != (c.says == "") || !strings.Contains(said, c.says) {
			t.Errorf("at %v, %s is refused with %q", c.service, c.hash, said)
		}
	}
}
