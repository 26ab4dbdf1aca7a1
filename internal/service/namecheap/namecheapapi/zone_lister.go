package namecheapapi

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	// domainsPerPage is the API's maximum.
	domainsPerPage = 100
	// listAttempts is how often a list is read that changes while it is read.
	listAttempts = 3
)

// allDomains is the only key of the cache of the list.
const allDomains = "domains"

// listedDomain is a domain in an answer of getList.
type listedDomain struct {
	Name      string `xml:"Name,attr"`
	IsExpired string `xml:"IsExpired,attr"`
	IsOurDNS  string `xml:"IsOurDNS,attr"`
}

var _ dns.ZoneLister = (*Host)(nil)

// Zones implements [dns.ZoneLister] by the list of the account's domains: those that use Namecheap's
// name servers. A domain that has expired keeps its zone for a while and is listed with a Warning,
// as long as the list says that it uses Namecheap's name servers
// (https://www.namecheap.com/support/knowledgebase/article.aspx/10064/2207/what-happens-to-my-domain-name-after-it-expires).
// The API lists registered domains only. Zones of Namecheap's FreeDNS, which serves domains of other
// registrars, are not among them.
//
// FindZone does not use the list. It would have to read all pages, of which Namecheap allows 20 a
// minute, to find one zone.
func (h *Host) Zones(ctx context.Context) ([]dns.HostedZone, error) {
	zones, err := h.list.Get(ctx, allDomains, func(ctx context.Context) ([]dns.HostedZone, error) {
		domains, err := h.listDomains(ctx)
		if err != nil {
			return nil, err
		}
		return h.hosted(domains)
	})
	// The list is shared: each caller gets a copy of it.
	return append([]dns.HostedZone(nil), zones...), err
}

// hosted returns the zones of the domains that use Namecheap's name servers.
func (h *Host) hosted(domains []listedDomain) ([]dns.HostedZone, error) {
	var zones []dns.HostedZone
	for _, domain := range domains {
		apex := dns.FoldName(domain.Name)
		ours, err := strconv.ParseBool(domain.IsOurDNS)
		if err != nil {
			return nil, h.noList(fmt.Errorf("it does not say whether %s uses Namecheap's name servers", apex))
		}
		if !ours {
			continue
		}
		zone := dns.HostedZone{Apex: apex, ID: apex}
		if strings.EqualFold(domain.IsExpired, "true") {
			zone.Warning = fmt.Sprintf("the registration of %s has expired: until it is renewed, Namecheap's parking name servers answer for the domain, and nobody sees the records of the zone", apex)
		}
		zones = append(zones, zone)
	}
	dns.SortZones(zones)
	return zones, nil
}

// listDomains returns the domains of the account. If somebody adds or removes a domain between two
// pages, others move and could be missed, so the list is read again. The number of domains tells.
// If one is added and another one removed between the same two pages, nothing tells.
func (h *Host) listDomains(ctx context.Context) ([]listedDomain, error) {
	for range listAttempts {
		domains, quiet, err := h.listOnce(ctx)
		if err != nil || quiet {
			return domains, err
		}
	}
	return nil, &api.Error{
		Service: service, Op: listOp, Object: h.config.UserName, Kind: api.ErrUnavailable,
		Cause:  errors.New("the list changed each time while its pages were read"),
		Advice: "Run again when nobody adds or removes domains there",
	}
}

// listOnce reads the pages of the list, and reports whether they are pages of one list
// (https://www.namecheap.com/support/api/methods/domains/get-list/).
func (h *Host) listOnce(ctx context.Context) (domains []listedDomain, quiet bool, err error) {
	seen := map[string]bool{}
	quiet = true
	for page, total := 1, 0; ; page++ {
		if err := h.turn(ctx, listOp, h.config.UserName, 1); err != nil {
			return nil, false, err
		}
		answer, err := h.readCall(ctx, listOp, h.config.UserName, map[string]string{
			"Command": getListCommand, "ListType": "ALL", "SortBy": "NAME",
			"Page": strconv.Itoa(page), "PageSize": strconv.Itoa(domainsPerPage),
		})
		if err != nil {
			return nil, false, err
		}
		if answer.Listed == nil || answer.Paging == nil || answer.Paging.CurrentPage != page {
			return nil, false, h.noList(fmt.Errorf("it is not page %d of a list", page))
		}
		for _, domain := range answer.Listed.Domains {
			seen[dns.FoldName(domain.Name)] = true
		}
		domains = append(domains, answer.Listed.Domains...)
		quiet = quiet && (page == 1 || total == answer.Paging.TotalItems)
		total = answer.Paging.TotalItems
		if page*domainsPerPage >= total {
			return domains, quiet && len(domains) == total && len(seen) == total, nil
		}
	}
}

// noList is the error of an answer that is no list of domains.
func (h *Host) noList(why error) error {
	return &api.Error{
		Service: service, Op: listOp, Object: h.config.UserName, Kind: api.ErrUnavailable,
		Cause: fmt.Errorf("the answer is not what the API documents: %w", why),
	}
}
