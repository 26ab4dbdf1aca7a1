package sendgrid

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// The state and the note decide what a username means.
func TestUsernameIsOwnerOrAssociation(t *testing.T) {
	t.Parallel()
	state := func(username string, subusers ...string) domainBlock {
		m := nullDomainBlock()
		m.Username = types.StringValue(username)
		if subusers != nil {
			m.Subusers = kit.TextSet(subusers)
		}
		return m
	}
	owned := domainNote{Username: "sandbox"}
	for name, c := range map[string]struct {
		state                domainBlock
		note                 domainNote
		username             string
		association, another bool
	}{
		"the owner":                              {state("sandbox"), owned, "sandbox", false, false},
		"the owner, in another spelling":         {state("sandbox"), owned, "Sandbox", false, false},
		"another owner":                          {state("sandbox"), owned, "shop", false, true},
		"a subuser":                              {state("sandbox", "shop"), owned, "shop", true, false},
		"a subuser, in another spelling":         {state("sandbox", "shop"), owned, "SHOP", true, false},
		"of 0.1.0, without a refresh":            {state("shop"), domainNote{}, "shop", false, false},
		"of 0.1.0":                               {state("shop", "shop"), owned, "shop", true, false},
		"of 0.1.0, another":                      {state("shop", "shop"), owned, "newsletter", true, false},
		"of 0.1.0, the owner instead":            {state("shop", "shop"), owned, "sandbox", false, false},
		"of 0.1.0, associated no longer":         {state("sandbox"), domainNote{Username: "sandbox", Association: "shop"}, "shop", true, false},
		"of 0.1.0, another than is known by now": {state("sandbox"), domainNote{Username: "sandbox", Association: "shop"}, "newsletter", false, true},
		"nothing remembered":                     {state("sandbox"), domainNote{}, "shop", false, true},
	} {
		o := ownershipOf(c.state, c.note)
		if got := o.isAssociation(types.StringValue(c.username)); got != c.association {
			t.Errorf("%s: it is an association: %t", name, got)
		}
		if got := o.isAnother(types.StringValue(c.username)); got != c.another {
			t.Errorf("%s: it is another owner: %t", name, got)
		}
		if o.isAssociation(types.StringNull()) || o.isAnother(types.StringNull()) || o.isAnother(types.StringUnknown()) {
			t.Errorf("%s: no username is one", name)
		}
	}
}

// User names that SendGrid spells differently stay as they were configured.
func TestUserNamesInAnotherSpelling(t *testing.T) {
	t.Parallel()
	m := nullDomainBlock()
	m.Username, m.Subusers = types.StringValue("Sandbox"), kit.TextSet([]string{"Shop", "newsletter"})
	d := sendgridapi.Domain{Username: "sandbox", Subusers: []sendgridapi.Subuser{{Username: "newsletter"}, {Username: "shop"}}}
	if got := m.from(d, sendgridapi.Global); !got.Username.Equal(m.Username) || !got.Subusers.Equal(m.Subusers) {
		t.Errorf("%s, %s", got.Username, got.Subusers)
	}
	d.Subusers = d.Subusers[:1]
	if got := m.from(d, sendgridapi.Global); len(got.Subusers.Elements()) != 1 {
		t.Errorf("one is associated no longer: %s", got.Subusers)
	}
	if got := unknownDomainBlock().from(sendgridapi.Domain{}, sendgridapi.Global); got.Username.IsUnknown() || got.Subusers.IsUnknown() {
		t.Errorf("a new domain's are not known: %s, %s", got.Username, got.Subusers)
	}
}
