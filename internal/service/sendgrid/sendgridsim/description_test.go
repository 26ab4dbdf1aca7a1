package sendgridsim_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// The region that is left out is "global" at each host, as documented: what a client forgets to say
// shows in the records, and is refused where that region cannot be had.
func TestRegionLeftOut(t *testing.T) {
	w := newWorld(t)
	w.do("POST", "", `{"domain":"example.com"}`).want(201, `u7770001.wl001.sendgrid.net`)
	w.do("POST", "", `{"domain":"example.org","region":"eu"}`).want(201, `u7770001.wl001.eu.sendgrid.net`)
	const eu = "/eu" + domains
	w.as(sendgridsim.Key, "", "POST", eu, `{"domain":"example.com"}`).want(400, `"field":"region"`)
	w.as(sendgridsim.Key, "", "POST", eu, `{"domain":"example.com","region":"eu"}`).want(201, `u7770001.wl001.eu.sendgrid.net`)
}

func TestUsername(t *testing.T) {
	w := newWorld(t)
	const path = "/v3/user/username"
	w.as(sendgridsim.Key, "", "GET", path, "").want(200, `{"user_id":7770001,"username":"sandbox"}`)
	w.as(sendgridsim.Key, sendgridsim.Subuser, "GET", path, "").want(200, `{"user_id":7770002,"username":"newsletter"}`)
	w.as(sendgridsim.KeyOfCustomer, "", "GET", path, "").want(200, `{"user_id":7770005,"username":"a0b1c2d3"}`)
	w.as(sendgridsim.KeyDomainsOnly, "", "GET", path, "").want(403, "access forbidden")
}

func TestEmailRecords(t *testing.T) {
	w := newWorld(t)
	w.create(`{"domain":"example.com"}`)
	const path = "/v3/whitelabel/dns/email"
	email := func(body string) reply { return w.as(sendgridsim.Key, "", "POST", path, body) }
	if got := email(`{"link_id":1,"domain_id":45000001,"email":"dns@example.com","message":"Please publish these."}`).want(204, ""); got.body != "" {
		t.Errorf("a body with 204: %s", got.body)
	}
	email(`{"domain_id":45000001,"email":"dns@example.com"}`).want(400, `{"errors":{"error":"link_id is required","field":"link_id"}}`)
	email(`{"link_id":1,"email":"dns@example.com"}`).want(400, `"field":"domain_id"`)
	email(`{"link_id":1,"domain_id":45000009,"email":"dns@example.com"}`).want(400, `"error":"domain_id is invalid"`)
	email(`{"link_id":1,"domain_id":45000001,"email":"dns"}`).want(400, `"field":"email"`)
	email(`{"link_id":1,"domain_id":45000001}`).want(400, `"field":"email"`)
	w.as(sendgridsim.KeyOfCustomer, "", "POST", path, `{"link_id":1,"domain_id":45000001,"email":"dns@example.com"}`).want(400, `"field":"domain_id"`)
	w.as(sendgridsim.KeyMailOnly, "", "POST", path, `{}`).want(403, "access forbidden")
}

// By the description, answers about one domain have no subusers, and lists have them.
func TestSubusersAsDescribed(t *testing.T) {
	w := newWorld(t)
	d := w.create(`{"domain":"example.com"}`)
	w.do("POST", path(d, "/subuser:add"), `{"username":"shop"}`).want(201, `"subusers":[{"user_id":7770003,"username":"shop"}]`)
	w.Turn(sendgridsim.SwitchAsDescribed, true)
	for _, one := range []reply{w.do("GET", path(d, ""), ""), w.do("GET", "/subuser?username=shop", ""), w.do("POST", path(d, "/subuser:add"), `{"username":"shop"}`)} {
		if got := one.domain(); got.ID != d.ID || len(got.Subusers) != 0 {
			t.Errorf("%s: %s", one.call, one.body)
		}
	}
	w.do("GET", "", "").want(200, `"subusers":[{"user_id":7770003,"username":"shop"}]`)
}
