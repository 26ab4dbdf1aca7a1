package dns

import (
	"fmt"
	"slices"
	"strings"
)

// OtherHosts returns the hosts that [DetectHost] recognizes by itself, in alphabetical order. The
// project edits no zones there.
func OtherHosts() []KnownHost { return slices.Clone(otherHosts) }

// ExampleNameServers returns two or more names of name servers by which [DetectHost] recognizes the
// host. They are made from its patterns, so the host may have no servers of exactly these names.
// Names have no trailing dot.
func (h KnownHost) ExampleNameServers() []string {
	var servers []string
	for i := range max(2, len(h.NameServers)) {
		labels := strings.Split(h.NameServers[i%len(h.NameServers)], ".")
		for at, label := range labels {
			if label == "*" {
				labels[at] = "com"
			} else if prefix, numbered := strings.CutSuffix(label, "#"); numbered {
				labels[at] = prefix + "1"
			}
		}
		servers = append(servers, fmt.Sprintf("ns%d.%s", i+1, strings.Join(labels, ".")))
	}
	return servers
}
