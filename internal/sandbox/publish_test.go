package sandbox_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/namecheap"
	simulated "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/octeth"
)

// Octeth finds out who hosts a domain's DNS, writes the records there with the credentials that the
// simulated host knows, and then sees them: in the zone of the domain itself, and of one above it.
func TestOctethPublishesAtTheDNSHosts(t *testing.T) {
	s := open(t, sandbox.Options{})
	if err := s.SetConditions(simulated.Section, fault.Conditions{Settings: map[string]string{simulated.SettingVersion: "5.9.4"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	base, err := api.ParseBaseURL(s.BaseURL(simulated.Section), false)
	if err != nil {
		t.Fatal(err)
	}
	client := octeth.New(octeth.Config{URL: base, APIKey: simulated.APIKey, APIVersion: octeth.Version{5, 9, 4}, Transport: s.Transport()})
	ctx := t.Context()
	for domain, want := range map[string]struct {
		host        string
		kind        octeth.Kind
		credentials octeth.Credentials
	}{
		"example.com":       {octeth.Cloudflare, octeth.Campaign, octeth.Credentials{Key: cloudflare.Token}},
		"below.example.com": {octeth.Cloudflare, octeth.EmailGateway, octeth.Credentials{Key: cloudflare.Token}},
		"example.org":       {octeth.Namecheap, octeth.Campaign, octeth.Credentials{Key: namecheap.APIKey, User: namecheap.APIUser, Username: namecheap.APIUser}},
		"example.net":       {octeth.GoDaddy, octeth.Campaign, octeth.Credentials{Key: godaddy.Key, Secret: godaddy.Secret}},
	} {
		host, err := client.DNSProvider(ctx, domain)
		if err != nil || host != want.host {
			t.Errorf("%s is at %q, %v", domain, host, err)
			continue
		}
		if err := client.DNSAuthorize(ctx, host, domain, want.credentials); err != nil {
			t.Error(err)
		}
		d, err := client.Create(ctx, want.kind, domain, octeth.Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		if err := client.DNSSet(ctx, host, domain, want.credentials, want.kind); err != nil {
			t.Error(err)
		}
		if v, err := client.Verify(ctx, want.kind, d.ID); err != nil || !v.Verified {
			t.Errorf("%s: %+v, %v", domain, v, err)
		}
	}
	if host, err := client.DNSProvider(ctx, "corp.example"); err == nil {
		t.Errorf("a server that Octeth does not know is %q", host)
	}
}
