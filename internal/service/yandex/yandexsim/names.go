package yandexsim

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// readDomain reads the domain of the call from its parameters.
func (c *call) readDomain() error {
	name := c.FormValue("domain")
	if !c.Form.Has("domain") {
		return codeNoDomain
	}
	canonical, err := dns.Canonical(name)
	_, noAddress := netip.ParseAddr(canonical)
	if err != nil || noAddress == nil || !strings.Contains(canonical, ".") || strings.ContainsAny(canonical, "_*") {
		return codeBadDomain
	}
	if c.behaviour.isBlocked(canonical) {
		return codeBlocked
	}
	c.domain = canonical
	return nil
}

// isProhibited is whether nobody may register a domain: the operator's own names, and suffixes
// below which anybody can register (https://publicsuffix.org/). The documentation does not say
// which names are forbidden.
func isProhibited(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	if suffix == domain {
		return true
	}
	below := strings.TrimSuffix(domain, "."+suffix)
	brand := below[strings.LastIndexByte(below, '.')+1:]
	return brand == "yandex" || domain == "ya.ru" || strings.HasSuffix(domain, ".ya.ru")
}
