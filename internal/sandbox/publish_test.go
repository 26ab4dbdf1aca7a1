package sandbox_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

// Octeth finds out which host has a domain's DNS, and writes the records there with the credentials
// of the simulated host. It then sees the records, both in the zone of the domain itself and in a
// zone above it.
func TestOctethPublishesAtTheDNSHosts(t *testing.T) {
	s := open(t, sandbox.Options{})
	if err := s.SetConditions(octethsim.Section, fault.Conditions{Settings: map[string]string{octethsim.SettingVersion: "5.9.4"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	base, err := api.ParseBaseURL(s.BaseURL(octethsim.Section), false)
	if err != nil {
		t.Fatal(err)
	}
	client := octethapi.New(octethapi.Config{URL: base, APIKey: octethsim.APIKey, APIVersion: octethapi.Version{5, 9, 4}, Transport: s.Transport()})
	ctx := t.Context()
	for domain, want := range map[string]struct {
		host        string
		kind        octethapi.Kind
		credentials octethapi.Credentials
	}{
		"example.com":       {octethapi.Cloudflare, octethapi.Campaign, octethapi.Credentials{Key: cloudflaresim.Token}},
		"below.example.com": {octethapi.Cloudflare, octethapi.EmailGateway, octethapi.Credentials{Key: cloudflaresim.Token}},
		"example.org":       {octethapi.Namecheap, octethapi.Campaign, octethapi.Credentials{Key: namecheapsim.APIKey, User: namecheapsim.APIUser, Username: namecheapsim.APIUser}},
		"example.net":       {octethapi.GoDaddy, octethapi.Campaign, octethapi.Credentials{Key: godaddysim.Key, Secret: godaddysim.Secret}},
	} {
		host, err := client.DNSProvider(ctx, domain)
		if err != nil || host != want.host {
			t.Errorf("%s is at %q, %v", domain, host, err)
			continue
		}
		if err := client.DNSAuthorize(ctx, host, domain, want.credentials); err != nil {
			t.Error(err)
		}
		d, err := client.Create(ctx, want.kind, domain, octethapi.Options{})
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
