package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const cloudZone = "cloud.example"

// cloud is a DNS host at which credentials can be for one zone only, with its simulation at a socket.
type cloud struct {
	block  func(login string) string
	zoneID string
	// zoneOnly may edit the zone and not list zones. full may do everything.
	zoneOnly, full string
	listing        string // how a call begins that lists zones
	denied         string // what the plan says of the missing permission
	// method and path are those of the calls by which records are changed. Such a call is answered with
	// status and expired if the credentials have expired.
	method, path string
	status       int
	expired      string
	renew        string // what is said of expired credentials
}

func clouds(t *testing.T, w *world.World) map[string]cloud {
	t.Helper()
	url := w.Serve(t)
	return map[string]cloud{
		"route53": {
			block: func(login string) string {
				return fmt.Sprintf("access_key = %q\n    secret_key = %q\n    base_url = %q", login, route53sim.SecretKey, url+"/route53")
			},
			zoneID: route53Zones(t, w)[0].ID, zoneOnly: route53sim.AccessKeyNoList, full: route53sim.AccessKey,
			listing: "route53 GET /2013-04-01/hostedzone?", denied: "route53:ListHostedZones",
			method: "POST", status: 403, renew: "credentials have expired",
			expired: `<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>`,
		},
		"google": {
			block: func(login string) string {
				return fmt.Sprintf("access_token = %q\n    project = %q\n    base_url = %q", login, googlesim.Project, url+"/google"+googlesim.BasePath)
			},
			zoneID: "projects/sandbox-project/managedZones/cloud-example", zoneOnly: googlesim.TokenZone, full: googlesim.Token,
			listing: "google GET " + googlesim.BasePath + "/projects/sandbox-project/managedZones?", denied: "dns.managedZones.list",
			method: "POST", path: googlesim.BasePath + "/projects/*/managedZones/*/changes", status: 401, renew: "has expired",
			expired: `{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}`,
		},
		"azure": {
			block: func(login string) string {
				return fmt.Sprintf("subscription_id = %q\n    access_token = %q\n    base_url = %q", azuresim.Subscription, login, url+"/azure")
			},
			zoneID:   "/subscriptions/" + azuresim.Subscription + "/resourceGroups/" + strings.ToLower(azuresim.Group) + "/providers/Microsoft.Network/dnsZones/" + cloudZone,
			zoneOnly: azuresim.ZoneToken, full: azuresim.Token,
			listing: "azure GET /subscriptions/" + azuresim.Subscription + "/providers/", denied: "Microsoft.Network/dnszones/read",
			method: "PUT", status: 401, renew: "The access token has expired",
			expired: `{"error":{"code":"ExpiredAuthenticationToken","message":"The access token has expired."}}`,
		},
	}
}

// route53Zones are the public zones called cloudZone at Route 53, in the order in which they were made.
func route53Zones(t *testing.T, w *world.World) []route53sim.Zone {
	t.Helper()
	service := route53sim.New(route53sim.Config{Store: w.Store(t)})
	if err := service.AddZone(cloudZone); err != nil {
		t.Fatal(err)
	}
	var zones []route53sim.Zone
	err := store.View(w.Store(t), route53sim.Section, func(st *route53sim.State) error {
		for _, z := range st.Zones {
			if z.Name == cloudZone+"." && !z.Private {
				zones = append(zones, *z)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return zones
}

// config is a provider outside of the sandbox with an authorization and two resources with records,
// one after the other.
func (c cloud) config(t *testing.T, w *world.World, host, login, zoneID string) string {
	t.Helper()
	first := world.RecordsConfig("first", `note = { name = "first.cloud.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	second := world.RecordsConfig("second", `note = { name = "second.cloud.example", type = "TXT", value = "ours" }`,
		"wait_for_propagation = false\n  depends_on = [postmaster_dns_records.first]")
	return w.RealProvider(t, host+" = {\n    "+c.block(login)+"\n  }") +
		strings.Replace(world.AuthorizationAt(host, cloudZone), "domain ", zoneID+"\n  domain ", 1) + first + second
}

// Credentials that may not list zones edit the one that zone_id names. Without it, the plan says what is
// missing, and what to write.
func TestZoneThatMayNotBeListed(t *testing.T) {
	for _, host := range []string{"route53", "google", "azure"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			if err := w.Box.AddZones(map[string]string{cloudZone: host}); err != nil {
				t.Fatal(err)
			}
			c := clouds(t, w)[host]
			stranger := w.Stranger(t, host, cloudZone)
			lists := func() bool {
				return slices.ContainsFunc(w.CallsSoFar(), func(call string) bool { return strings.HasPrefix(call+"?", c.listing) })
			}
			named := c.config(t, w, host, c.zoneOnly, fmt.Sprintf("zone_id = %q", c.zoneID))
			w.Run(t,
				resource.TestStep{Config: c.config(t, w, host, c.zoneOnly, ""), ExpectError: world.SayingInTurn(c.denied, "zone_id")},
				resource.TestStep{
					PreConfig: func() {
						if !lists() {
							t.Errorf("no list among the calls %q", w.CallsSoFar())
						}
						w.Forget()
					},
					Config: named,
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("zone_id"), knownvalue.StringExact(c.zoneID)),
						statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("zone"), knownvalue.StringExact(cloudZone)),
					},
					Check: stranger.HoldsTexts(t, map[string]string{"first." + cloudZone: "ours", "second." + cloudZone: "ours"}),
				},
				resource.TestStep{Config: named, ConfigPlanChecks: world.EmptyPlan},
			)
			if lists() {
				t.Errorf("zones were listed: %q", w.CallsSoFar())
			}
			for _, r := range stranger.Read(t).Records {
				if r.Type == "TXT" {
					t.Errorf("%s is left after the destroy", r)
				}
			}
		})
	}
}

// Credentials expire in the middle of an apply. What was written is in the state, the error says what
// happened, and an apply with new credentials does the rest.
func TestCredentialsExpireInAnApply(t *testing.T) {
	for _, host := range []string{"route53", "google", "azure"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			if err := w.Box.AddZones(map[string]string{cloudZone: host}); err != nil {
				t.Fatal(err)
			}
			c := clouds(t, w)[host]
			stranger := w.Stranger(t, host, cloudZone)
			config := c.config(t, w, host, c.full, "")
			under := func(faults ...fault.Fault) func() {
				return func() {
					if err := w.Box.SetConditions(host, fault.Conditions{Faults: faults}); err != nil {
						t.Error(err)
					}
				}
			}
			w.Run(t,
				resource.TestStep{
					PreConfig: under(fault.Fault{Kind: fault.Status, Method: c.method, Path: c.path, Status: c.status, Body: c.expired, Skip: 1}),
					Config:    config, ExpectError: world.SayingInTurn("second", c.renew),
				},
				resource.TestStep{
					PreConfig: under(), Config: config,
					ConfigPlanChecks: world.PreApply(
						plancheck.ExpectResourceAction("postmaster_dns_authorization.a", plancheck.ResourceActionNoop),
						plancheck.ExpectResourceAction("postmaster_dns_records.first", plancheck.ResourceActionNoop),
					),
					Check: stranger.HoldsTexts(t, map[string]string{"first." + cloudZone: "ours", "second." + cloudZone: "ours"}),
				},
				resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// Two public zones at Route 53 have one name, and a private one has it too. The name servers to which the
// domain is delegated decide, and the choice stays. Without a delegation the plan names the candidates.
func TestTwinsAtRoute53(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	service := route53sim.New(route53sim.Config{Store: w.Store(t)})
	if err := w.Box.AddZones(map[string]string{cloudZone: "route53"}); err != nil {
		t.Fatal(err)
	}
	var inside string // the ID of the private zone
	for _, private := range []bool{false, true} {
		if err := service.AddTwin(cloudZone, func(z *route53sim.Zone) { z.Private, inside = private, z.ID }); err != nil {
			t.Fatal(err)
		}
	}
	twins := route53Zones(t, w)
	if len(twins) != 2 {
		t.Fatalf("the zones are %+v", twins)
	}
	delegate := func(servers []string) func() {
		return func() {
			var lines []string
			for _, server := range servers {
				lines = append(lines, "@ NS "+server+".")
			}
			w.PutZone(t, cloudZone, lines...)
		}
	}
	const address = "postmaster_dns_authorization.a"
	config := func(more string) string {
		return w.Provider() + strings.Replace(world.AuthorizationAt("route53", cloudZone), "domain ", more+"\n  domain ", 1) +
			world.RecordsConfig("r", `note = { name = "note.cloud.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	}
	// holds checks which of the twins has the record.
	holds := func(id string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			for _, z := range route53Zones(t, w) {
				if has := len(z.Sets) == 3; has != (z.ID == id) {
					return fmt.Errorf("the zone %s has %d record sets, and the record should be in %s", z.ID, len(z.Sets), id)
				}
			}
			return nil
		}
	}
	chosen := func(id string) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("zone_id"), knownvalue.StringExact(id)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("route53/cloud.example#zone_id="+id)),
		}
	}
	w.Run(t,
		resource.TestStep{
			PreConfig: delegate([]string{"ns1.elsewhere.example", "ns2.elsewhere.example"}), Config: config(""),
			ExpectError: world.SayingInTurn("several zones", "zone_id"),
		},
		resource.TestStep{Config: config(fmt.Sprintf("zone_id = %q", inside)), ExpectError: world.SayingInTurn("The zone cannot be edited", "is private")},
		resource.TestStep{PreConfig: delegate(twins[1].NameServers), Config: config(""), ConfigStateChecks: chosen(twins[1].ID), Check: holds(twins[1].ID)},
		resource.TestStep{PreConfig: delegate(twins[0].NameServers), Config: config(""), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "route53/cloud.example#zone_id=" + twins[1].ID, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"delegated"}},
		// The other zone is named by its ARN.
		resource.TestStep{
			Config: config(`zone_id = "arn:aws:route53:::hostedzone/` + twins[0].ID + `"`), Check: holds(twins[0].ID),
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(address, plancheck.ResourceActionReplace)),
		},
	)
}
