package check

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Web forms and zone files add the domain to names that do not end in a dot. Whoever writes a whole
// name there publishes it at another place, or leads to a host that does not exist.

// elsewhere looks for a record that was published at a doubled name instead of name, which is at or
// below the domain. It describes where it is, and returns "" if it found none.
func (r *run) elsewhere(kind mailrecord.TextKind, name string) string {
	candidates := []string{name + "." + r.Domain}
	if prefix, below := strings.CutSuffix(name, "."+r.Domain); below {
		candidates = append(candidates, prefix+"."+name)
		if selector, key := strings.CutSuffix(prefix, "._domainkey"); key {
			candidates = append(candidates, selector+"._domainkey._domainkey."+r.Domain)
		}
	}
	if zone := r.zoneFacts(); zone.err == nil && zone.apex != "" && zone.apex != r.Domain {
		candidates = append(candidates, name+"."+zone.apex)
	}
	for i, found := range each(candidates, func(at string) []string { return firstOf(r.askText(at)) }) {
		for _, text := range found {
			if mailrecord.MeantFor(name, text) == kind {
				return fmt.Sprintf("; there is one at %s, where nobody looks: the web form or the zone file added the end of the name a second time", candidates[i])
			}
		}
	}
	return ""
}

// meant asks for the host that was meant by a target without an address; "" if the target does not look
// as if the domain was added to a whole name.
func (r *run) meant(target string) string {
	zones := []string{r.Domain}
	if zone := r.zoneFacts(); zone.err == nil && zone.apex != "" && zone.apex != r.Domain {
		zones = append(zones, zone.apex)
	}
	for _, zone := range zones {
		name, below := strings.CutSuffix(target, "."+zone)
		if !below {
			continue
		}
		_, public := publicsuffix.PublicSuffix(name)
		if name == zone || strings.HasSuffix(name, "."+zone) || public && strings.Contains(name, ".") {
			return fmt.Sprintf(": was %s meant, and its final dot is missing?", name)
		}
	}
	return ""
}
