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
	// Supported says that this provider can edit zones at this host.
	Supported bool
	// Vanity says that the names of the name servers do not tell the host. It was found by the
	// primary name server in the SOA record.
	Vanity bool
}

// knownHost is one row of the table of hosts.
type knownHost struct {
	name, title string
	supported   bool
	// nameServers are patterns for the last labels of name servers. In a pattern, the label "*"
	// stands for any label, and "#" at the end of a label for any number.
	nameServers []string
}

// knownHosts can be told apart by their name servers alone: no two patterns match the same name.
var knownHosts = []knownHost{
	{"cloudflare", "Cloudflare", true, []string{"ns.cloudflare.com", "foundationdns.com", "foundationdns.net", "foundationdns.org"}},
	{"namecheap", "Namecheap", true, []string{"registrar-servers.com"}},
	{"godaddy", "GoDaddy", true, []string{"domaincontrol.com"}},

	{"akamai", "Akamai Edge DNS", false, []string{"akam.net"}},
	{"azure", "Azure DNS", false, []string{"azure-dns.com", "azure-dns.net", "azure-dns.org", "azure-dns.info"}},
	{"bunny", "bunny.net", false, []string{"bunny.net"}},
	{"cloudns", "ClouDNS", false, []string{"cloudns.net"}},
	{"desec", "deSEC", false, []string{"desec.io"}},
	{"digitalocean", "DigitalOcean", false, []string{"digitalocean.com"}},
	{"dnsimple", "DNSimple", false, []string{"dnsimple.com"}},
	{"dnsmadeeasy", "DNS Made Easy", false, []string{"dnsmadeeasy.com"}},
	{"dyn", "Oracle Dyn", false, []string{"dynect.net"}},
	{"dynadot", "Dynadot", false, []string{"dynadot.com"}},
	{"gandi", "Gandi", false, []string{"gandi.net"}},
	{"google", "Google Cloud DNS", false, []string{"googledomains.com"}},
	{"hetzner", "Hetzner", false, []string{"dns.hetzner.com", "ns.hetzner.com", "ns.hetzner.de", "first-ns.de", "your-server.de"}},
	{"hostinger", "Hostinger", false, []string{"dns-parking.com"}},
	{"hover", "Hover", false, []string{"hover.com"}},
	{"ionos", "IONOS", false, []string{"ui-dns.*"}},
	{"linode", "Linode", false, []string{"linode.com"}},
	{"name.com", "Name.com", false, []string{"name.com"}},
	{"namecheap-hosting", "Namecheap shared hosting (cPanel, which Namecheap's DNS API does not manage)", false, []string{"namecheaphosting.com"}},
	{"ns1", "NS1 (also used by Netlify and Squarespace)", false, []string{"nsone.net"}},
	{"ovh", "OVHcloud", false, []string{"ovh.net", "ovh.ca", "anycast.me"}},
	{"porkbun", "Porkbun", false, []string{"porkbun.com"}},
	{"route53", "Amazon Route 53", false, []string{"awsdns-#.com", "awsdns-#.net", "awsdns-#.org", "awsdns-#.co.uk"}},
	{"scaleway", "Scaleway", false, []string{"scw.cloud"}},
	{"squarespace", "Squarespace", false, []string{"squarespacedns.com"}},
	{"ultradns", "UltraDNS", false, []string{"ultradns.*", "ultradns.co.uk"}},
	{"vercel", "Vercel", false, []string{"vercel-dns.com"}},
	{"vultr", "Vultr", false, []string{"vultr.com"}},
	{"wix", "Wix", false, []string{"wixdns.net"}},
	{"yandex", "Yandex 360", false, []string{"dns#.yandex.net"}},
	{"yandex-cloud", "Yandex Cloud DNS", false, []string{"yandexcloud.net"}},
}

// DetectHost finds the DNS host of a zone by its name servers. All of them must belong to the same
// host. If none of them belongs to a known host, the primary name server of the SOA record decides.
func DetectHost(zone Zone) Detection {
	var titles []string
	var found *knownHost
	for _, server := range zone.NameServers {
		title := "an unknown host"
		if host := hostOf(server); host != nil {
			found, title = host, host.title
		}
		if !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	switch {
	case found != nil && len(titles) > 1:
		return Detection{Name: HostMixed, Title: strings.Join(titles, " and ")}
	case found != nil:
		return found.detection()
	}
	if host := hostOf(zone.PrimaryNS); host != nil {
		detection := host.detection()
		detection.Vanity = true
		return detection
	}
	if inBailiwick(zone) {
		return Detection{Name: HostVanity, Title: "name servers of the domain's own name"}
	}
	return Detection{Name: HostUnknown, Title: "an unknown host"}
}

func (h *knownHost) detection() Detection {
	return Detection{Name: h.name, Title: h.title, Supported: h.supported}
}

func hostOf(nameServer string) *knownHost {
	labels := strings.Split(FoldName(nameServer), ".")
	for i := range knownHosts {
		for _, pattern := range knownHosts[i].nameServers {
			if endsWithLabels(labels, strings.Split(pattern, ".")) {
				return &knownHosts[i]
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
