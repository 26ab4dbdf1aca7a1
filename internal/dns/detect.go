package dns

import (
	"slices"
	"strings"
)

// Values of Detection.Name if [DetectHost] does not find exactly one host.
const (
	// HostMixed: the name servers belong to different hosts, so a change at one of them does not
	// change the answers of all.
	HostMixed = "mixed"
	// HostVanity: the names of the name servers are in the zone itself, and do not tell who runs
	// them.
	HostVanity = "vanity"
	// HostUnknown: the name servers belong to no host in the table.
	HostUnknown = "unknown"
)

// Detection is what the name servers tell about the DNS host of a zone.
type Detection struct {
	// Name identifies the host, such as "cloudflare" or "route53". It may also be HostMixed,
	// HostVanity or HostUnknown.
	Name string
	// Title is the host's name for people. For several hosts, it has all their names.
	Title string
	// Vanity says that the name servers do not bear the host's name: it
	// was found by the primary name server in the SOA record.
	Vanity bool
}

// KnownHost is a DNS host that is recognized by its name servers.
type KnownHost struct {
	// Name identifies the host, and Title is its name for people.
	Name, Title string
	// NameServers are patterns of the last labels of its name servers. In a
	// pattern the label "*" is any label, and "#" at its end any number.
	NameServers []string
}

// otherHosts are those at which the project edits no zones. The caller of
// [DetectHost] knows the others. Hosts are told apart by their name servers
// alone: no pattern matches what another one does.
var otherHosts = []KnownHost{
	{"akamai", "Akamai Edge DNS", []string{"akam.net"}},
	{"bunny", "bunny.net", []string{"bunny.net"}},
	{"cloudns", "ClouDNS", []string{"cloudns.net"}},
	{"desec", "deSEC", []string{"desec.io"}},
	{"digitalocean", "DigitalOcean", []string{"digitalocean.com"}},
	{"dnsimple", "DNSimple", []string{"dnsimple.com"}},
	{"dnsmadeeasy", "DNS Made Easy", []string{"dnsmadeeasy.com"}},
	{"dyn", "Oracle Dyn", []string{"dynect.net"}},
	{"dynadot", "Dynadot", []string{"dynadot.com"}},
	{"gandi", "Gandi", []string{"gandi.net"}},
	{"hetzner", "Hetzner", []string{"dns.hetzner.com", "ns.hetzner.com", "ns.hetzner.de", "first-ns.de", "your-server.de"}},
	{"hostinger", "Hostinger", []string{"dns-parking.com"}},
	{"hover", "Hover", []string{"hover.com"}},
	{"ionos", "IONOS", []string{"ui-dns.*"}},
	{"linode", "Linode", []string{"linode.com"}},
	{"name.com", "Name.com", []string{"name.com"}},
	{"namecheap-hosting", "Namecheap shared hosting (cPanel, which Namecheap's DNS API does not manage)", []string{"namecheaphosting.com"}},
	{"ns1", "NS1 (also used by Netlify and Squarespace)", []string{"nsone.net"}},
	{"ovh", "OVHcloud", []string{"ovh.net", "ovh.ca", "anycast.me"}},
	{"porkbun", "Porkbun", []string{"porkbun.com"}},
	{"scaleway", "Scaleway", []string{"scw.cloud"}},
	{"squarespace", "Squarespace", []string{"squarespacedns.com"}},
	{"ultradns", "UltraDNS", []string{"ultradns.*", "ultradns.co.uk"}},
	{"vercel", "Vercel", []string{"vercel-dns.com"}},
	{"vultr", "Vultr", []string{"vultr.com"}},
	{"wix", "Wix", []string{"wixdns.net"}},
	{"yandex-cloud", "Yandex Cloud DNS", []string{"yandexcloud.net"}},
}

// DetectHost tells from a zone's name servers who hosts it: one of these hosts,
// or one at which the project edits no zones. All of the name servers have to be
// of one host; where none is of any, the primary name server of the SOA record
// decides.
func DetectHost(zone Zone, hosts ...KnownHost) Detection {
	var titles []string
	var found *KnownHost
	for _, server := range zone.NameServers {
		title := "an unknown host"
		if host := hostOf(server, hosts); host != nil {
			found, title = host, host.Title
		}
		if !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	switch {
	case found != nil && len(titles) > 1:
		return Detection{Name: HostMixed, Title: strings.Join(titles, " and ")}
	case found != nil:
		return Detection{Name: found.Name, Title: found.Title}
	}
	if host := hostOf(zone.PrimaryNS, hosts); host != nil {
		return Detection{Name: host.Name, Title: host.Title, Vanity: true}
	}
	if inBailiwick(zone) {
		return Detection{Name: HostVanity, Title: "name servers of the domain's own name"}
	}
	return Detection{Name: HostUnknown, Title: "an unknown host"}
}

// hostOf is the host that a name server belongs to; nil where it is none that is known.
func hostOf(nameServer string, hosts []KnownHost) *KnownHost {
	labels := strings.Split(FoldName(nameServer), ".")
	for _, list := range [][]KnownHost{hosts, otherHosts} {
		for i := range list {
			for _, pattern := range list[i].NameServers {
				if endsWithLabels(labels, strings.Split(pattern, ".")) {
					return &list[i]
				}
			}
		}
	}
	return nil
}

// endsWithLabels compares whole labels, because a pattern must not match the end of a domain that
// somebody else has registered.
func endsWithLabels(labels, pattern []string) bool {
	if len(labels) < len(pattern) {
		return false
	}
	tail := labels[len(labels)-len(pattern):]
	for i, want := range pattern {
		if !matchesLabel(tail[i], want) {
			return false
		}
	}
	return true
}

func matchesLabel(label, pattern string) bool {
	if pattern == "*" {
		return true
	}
	prefix, numbered := strings.CutSuffix(pattern, "#")
	if !numbered {
		return label == pattern
	}
	number, ok := strings.CutPrefix(label, prefix)
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// inBailiwick reports whether the names of all name servers are in the zone itself.
func inBailiwick(zone Zone) bool {
	for _, server := range zone.NameServers {
		if !withinZone(server, zone.Apex) {
			return false
		}
	}
	return len(zone.NameServers) > 0
}

// withinZone reports whether a name is the apex or below it.
func withinZone(name, apex string) bool {
	name, apex = FoldName(name), FoldName(apex)
	return name == apex || strings.HasSuffix(name, "."+apex)
}
