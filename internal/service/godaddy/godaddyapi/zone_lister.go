package godaddyapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// How many domains a page has: the most that the APIs allow.
const (
	domainsPerPageV1 = 1000
	domainsPerPageV3 = 200
)

// listOp is the name of the operation in messages.
const listOp = "list the account's domains"

// allDomains is the only key of the cache of the list.
const allDomains = "domains"

// Statuses of domains that have a zone which can be edited.
const (
	statusActive = "ACTIVE"
	// statusDNSOnly is that of a domain which is registered elsewhere, while GoDaddy has its zone.
	statusDNSOnly = "PENDING_DNS_ACTIVE"
)

var _ dns.PartialLister = (*Host)(nil)

// Unlisted implements [dns.PartialLister]. The API has no list of zones, only one of domains.
func (h *Host) Unlisted() string {
	return "GoDaddy lists domains and not zones. The list has the active domains that use GoDaddy's own name servers. It may lack zones of domains that are registered elsewhere or use other names for the name servers. Import those by id."
}

// domain is a domain as both APIs list it, as far as it matters here.
type domain struct {
	Domain      string   `json:"domain"`
	Status      string   `json:"status"`
	NameServers []string `json:"nameServers"`
}

// Zones implements [dns.ZoneLister]. Neither API lists zones. Both list domains, so the zones are
// those of active domains that use GoDaddy's name servers.
//
// Two kinds of zones may be missing. With v3, there are only domains that are registered with
// GoDaddy, and not those that are registered elsewhere and have their zone here; v1 lists them too.
// With either, the zone of a domain with name servers of the customer's own names is not recognized.
// FindZone finds both kinds.
func (h *Host) Zones(ctx context.Context) ([]dns.HostedZone, error) {
	zones, err := h.list.Get(ctx, allDomains, func(ctx context.Context) ([]dns.HostedZone, error) {
		domains, err := h.version.domains(ctx)
		if err != nil {
			return nil, err
		}
		return hosted(domains)
	})
	// The list is shared: each caller gets a copy of it.
	return append([]dns.HostedZone(nil), zones...), err
}

// hosted returns the zones of those domains that have one at GoDaddy.
func hosted(domains []domain) ([]dns.HostedZone, error) {
	var zones []dns.HostedZone
	seen := map[string]bool{}
	active, delegated := 0, 0
	for _, d := range domains {
		apex := dns.FoldName(d.Domain)
		if seen[apex] {
			continue
		}
		seen[apex] = true
		zone := dns.HostedZone{Apex: apex, ID: apex}
		for _, server := range d.NameServers {
			zone.NameServers = append(zone.NameServers, dns.FoldName(server))
		}
		if d.Status == statusActive {
			active++
			if len(zone.NameServers) > 0 {
				delegated++
			}
		}
		if d.Status == statusDNSOnly || d.Status == statusActive && slices.ContainsFunc(zone.NameServers, isGoDaddys) {
			zones = append(zones, zone)
		}
	}
	// A domain may have no name servers. But if none has any, the list does not tell them.
	if active > 0 && delegated == 0 {
		return nil, noList(errors.New("it has the name servers of none of the domains, so that nobody can tell which zones are at GoDaddy"))
	}
	dns.SortZones(zones)
	return zones, nil
}

func isGoDaddys(server string) bool { return strings.HasSuffix(server, "."+NameServerSuffix) }

// noList is the error of an answer that is no list of domains.
func noList(why error) error {
	return &api.Error{
		Service: service, Op: listOp, Kind: api.ErrUnavailable,
		Cause: fmt.Errorf("the answer is not what the API documents: %w", why),
	}
}

// domains implements version by GET /v1/domains. Each page begins after the domain that marker
// names. There are no totals, and how many domains a page has at most may change, so the list ends
// with the page that has nothing new.
func (a *keyAPI) domains(ctx context.Context) ([]domain, error) {
	var list []domain
	query := url.Values{"limit": {strconv.Itoa(domainsPerPageV1)}, "includes": {"nameServers"}}
	seen := map[string]bool{}
	for {
		var page []domain
		if err := a.send(ctx, call{
			op: listOp, method: http.MethodGet, endpoint: "domains", path: []string{"v1", "domains"}, query: query,
		}, &page); err != nil {
			return nil, err
		}
		marker := query.Get("marker")
		news, others := false, false
		for _, d := range page {
			if d.Domain == "" {
				return nil, noList(errors.New("it has a domain without a name"))
			}
			news = news || !seen[d.Domain]
			others = others || d.Domain != marker
			seen[d.Domain] = true
		}
		switch {
		case news:
		case others:
			return nil, noList(fmt.Errorf("the page after %s has domains of earlier pages only, so the rest of the list cannot be seen", marker))
		default:
			return list, nil
		}
		list = append(list, page...)
		query.Set("marker", page[len(page)-1].Domain)
	}
}

// domains implements version by GET /v3/domains/domain-names. A page has a link to the next page if
// there is one. The cursor in it begins a page after a certain domain, so that no domain is missed
// when others come and go.
func (a *tokenAPI) domains(ctx context.Context) ([]domain, error) {
	var list []domain
	query := url.Values{"pageSize": {strconv.Itoa(domainsPerPageV3)}}
	cursors := map[string]bool{}
	for {
		var page struct {
			Items *[]domain                     `json:"items"`
			Links *[]struct{ Rel, Href string } `json:"links"`
		}
		if err := a.send(ctx, call{
			op: listOp, method: http.MethodGet, endpoint: "domains", path: []string{"v3", "domains", "domain-names"}, query: query,
		}, &page); err != nil {
			return nil, err
		}
		if page.Items == nil && page.Links == nil {
			return nil, noList(errors.New("it is no page of a list"))
		}
		if page.Items != nil {
			list = append(list, *page.Items...)
		}
		next, more := "", false
		if page.Links != nil {
			for _, link := range *page.Links {
				if link.Rel == "next" {
					next, more = link.Href, true
				}
			}
		}
		if !more {
			return list, nil
		}
		link, err := url.Parse(next)
		if err != nil || link.Query().Get("pageToken") == "" || cursors[link.RawQuery] {
			return nil, noList(fmt.Errorf("the link to the next page, %q, leads to none", api.Shorten(next)))
		}
		cursors[link.RawQuery] = true
		for _, name := range []string{"pageToken", "pageTokenDirection"} {
			if value := link.Query().Get(name); value != "" {
				query.Set(name, value)
			}
		}
	}
}
