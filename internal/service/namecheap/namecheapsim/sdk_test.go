package namecheapsim

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	sdk "github.com/namecheap/go-namecheap-sdk/v2/namecheap"
)

// vendor is the vendor's own client, pointed at the simulation.
func vendor(s *world) *sdk.Client {
	client := sdk.NewClient(&sdk.ClientOptions{
		ApiUser: APIUser, ApiKey: APIKey, UserName: APIUser, ClientIp: ClientIP,
		RateLimit: &sdk.RateLimitOptions{Disabled: true}, Retry: &sdk.RetryOptions{MaxAttempts: 1},
	})
	client.BaseURL = s.Serve(s.Service) + Path
	return client
}

func TestVendorsRecordHelpers(t *testing.T) {
	s := newWorld(t)
	dns := vendor(s).DomainsDNS
	record := func(name, recordType, address string, preference uint8) sdk.DomainsDNSHostRecord {
		return sdk.DomainsDNSHostRecord{
			HostName: &name, RecordType: &recordType, Address: &address, MXPref: &preference, TTL: sdk.Int(600),
		}
	}
	_, err := dns.AddRecordsWithContext(t.Context(), "example.com", []sdk.DomainsDNSHostRecord{
		record("www", "CNAME", "example.net", 10), record("@", "MX", "mail.example.net.", 20),
	}, sdk.WithEmailType(sdk.EmailTypeMX))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = dns.DeleteRecordsWithContext(t.Context(), "example.com", sdk.RecordSelector{RecordType: sdk.String("CNAME")}); err != nil {
		t.Fatal(err)
	}
	s.wantList(t, "MX", "@ MX mail.example.net. | 20 600")
	_, err = dns.GetHostsWithContext(t.Context(), "example.org")
	if !errors.Is(err, sdk.ErrDomainNotFound) {
		t.Errorf("a domain that isn't there: %v", err)
	}
}

func TestVendorsNameServers(t *testing.T) {
	s := newWorld(t)
	dns := vendor(s).DomainsDNS
	got, err := dns.GetListWithContext(t.Context(), "example.com")
	if err != nil || !*got.DomainDNSGetListResult.IsUsingOurDNS ||
		!slices.Equal(*got.DomainDNSGetListResult.Nameservers, []string{"dns1.registrar-servers.com", "dns2.registrar-servers.com"}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := dns.SetCustomWithContext(t.Context(), "example.com", []string{"ns1.example.net", "NS2.example.net"}); err != nil {
		t.Fatal(err)
	}
	hosts, err := dns.GetHostsWithContext(t.Context(), "example.com")
	if err != nil || *hosts.DomainDNSGetHostsResult.IsUsingOurDNS {
		t.Errorf("%v, %v", hosts, err)
	}
	if got, err = dns.GetListWithContext(t.Context(), "example.com"); err != nil || (*got.DomainDNSGetListResult.Nameservers)[1] != "ns2.example.net" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := dns.SetDefaultWithContext(t.Context(), "example.com"); err != nil {
		t.Fatal(err)
	}
	s.refused(t, with("namecheap.domains.dns.setCustom", "Nameservers", "ns1.example.net"), "2050166")
}

func TestVendorsDomainList(t *testing.T) {
	s := newWorld(t)
	for i := range 11 {
		if err := s.AddZone(fmt.Sprintf("shop-%02d.example", i)); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for domain, err := range vendor(s).Domains.ListAll(t.Context(), &sdk.DomainsGetListArgs{PageSize: sdk.Int(10)}) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, *domain.Name)
	}
	if len(names) != 12 || names[0] != "example.com" || names[11] != "shop-10.example" {
		t.Errorf("got %q", names)
	}
	s.refused(t, with("namecheap.domains.getList", "PageSize", "101"), "2011170")
	s.refused(t, with("namecheap.domains.getList", "Page", "0"), "2011170")
	s.refused(t, with("namecheap.domains.getList", "SortBy", "SIZE"), "2011170")
	s.refused(t, with("namecheap.domains.getList", "ListType", "SOLD"), "2011170")
}

// A list has the order that was asked for, and an expired domain is in it.
func TestVendorsSortedDomainList(t *testing.T) {
	s := newWorld(t)
	for _, name := range []string{"b.example", "c.example", "a.example"} {
		if err := s.AddZone(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetZone("b.example", func(d *Domain) { d.Expired = true }); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		listType, order string
		want            []string
	}{
		{"ALL", "NAME", []string{"a.example", "b.example", "c.example", "example.com"}},
		{"ALL", "NAME_DESC", []string{"example.com", "c.example", "b.example", "a.example"}},
		{"ALL", "EXPIREDATE", []string{"b.example", "example.com", "c.example", "a.example"}},
		{"EXPIRED", "NAME", []string{"b.example"}},
		{"EXPIRING", "NAME", nil},
	} {
		list, err := vendor(s).Domains.GetListWithContext(t.Context(), &sdk.DomainsGetListArgs{ListType: &test.listType, SortBy: &test.order})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		if list.Domains != nil {
			for _, d := range *list.Domains {
				names = append(names, *d.Name)
				if *d.IsExpired != (*d.Name == "b.example") || *d.IsExpired != d.Expires.Before(s.Now()) {
					t.Errorf("%s is expired: %t, at %s", *d.Name, *d.IsExpired, d.Expires)
				}
			}
		}
		if !slices.Equal(names, test.want) || *list.Paging.TotalItems != len(test.want) {
			t.Errorf("%s by %s: %q, %d in all", test.listType, test.order, names, *list.Paging.TotalItems)
		}
	}
	if s.served(t, "b.example") != nil || s.served(t, "a.example") == nil {
		t.Error("an expired domain is served, or one that is not expired is not")
	}
}

func TestVendorsDomainInfo(t *testing.T) {
	s := newWorld(t)
	client := vendor(s)
	got, err := client.Domains.GetInfoWithContext(t.Context(), "Example.com")
	if err != nil {
		t.Fatal(err)
	}
	info := got.Result()
	if *info.Status != "Ok" || *info.DomainName != "example.com" || *info.OwnerName != APIUser || !*info.DnsDetails.IsUsingOurDNS ||
		*info.DnsDetails.ProviderType != "FREE" || len(*info.DnsDetails.Nameservers) != 2 || info.DomainDetails.ExpiredDate.Year() != 2036 {
		t.Errorf("%+v, %+v", info, info.DnsDetails)
	}
	if _, err := client.DomainsDNS.SetCustomWithContext(t.Context(), "example.com", []string{"ns1.example.net", "ns2.example.net"}); err != nil {
		t.Fatal(err)
	}
	if got, err = client.Domains.GetInfoWithContext(t.Context(), "example.com"); err != nil || *got.Result().DnsDetails.IsUsingOurDNS || *got.Result().DnsDetails.ProviderType != "CUSTOM" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := client.Domains.GetInfoWithContext(t.Context(), "example.org"); !errors.Is(err, sdk.ErrDomainNotFound) {
		t.Errorf("a domain that isn't there: %v", err)
	}
	s.refused(t, with("namecheap.domains.getInfo"), "2010324")
	list, err := client.Domains.GetTldListWithContext(t.Context())
	if err != nil || len(*list.Tlds) != len(topLevels) || *(*list.Tlds)[0].Name != "com" {
		t.Errorf("%+v, %v", list, err)
	}
}
