package azuresim

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "azure"

// State is everything that the service keeps. Tests look at it by [store.View]; only the service
// changes it.
type State struct {
	// Revision counts the changes. It also makes etags.
	Revision uint64  `json:"revision"`
	Zones    []*Zone `json:"zones"`
	// Groups are the IDs of the resource groups that have, or had, a zone, in lower case.
	Groups []string `json:"groups,omitempty"`
}

// Zone is a DNS zone in a resource group.
type Zone struct {
	Subscription string   `json:"subscription"`
	Group        string   `json:"group"`
	Name         string   `json:"name"` // canonical
	Etag         string   `json:"etag"`
	Private      bool     `json:"private,omitempty"`
	NameServers  []string `json:"name_servers"`
	// Lock is a lock on the zone: "ReadOnly" or "CanNotDelete".
	Lock string `json:"lock,omitempty"`
	// MaxRecords is how many records a set may have; 0: 20, which Azure's support raises on request.
	MaxRecords int    `json:"max_records,omitempty"`
	Sets       []*Set `json:"sets"`
}

// Set is a record set.
type Set struct {
	Name string `json:"name"` // relative to the zone, "@" at the apex
	Type string `json:"type"`
	Etag string `json:"etag"`
	// Properties are those of the API, without what Azure adds to an answer.
	Properties map[string]json.RawMessage `json:"properties"`
}

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error { return store.View(s.store, Section, fn) }

// update calls fn with the state to change.
func (s *Service) update(fn func(st *State) error) error {
	return store.Update(s.store, Section, func(st *State) error {
		st.Revision++
		return fn(st)
	})
}

// AddZone makes sure that [Group] has a public zone of that name, which the simulated name servers then
// serve.
func (s *Service) AddZone(apex string) error {
	return s.EditZone(Group, apex, func(*Zone) {})
}

// EditZone lets change alter a zone of [Subscription] in ways that no call of the API can, and makes it
// first if the group has no zone of that name. Tests use it to make private zones, locks, and record
// sets with properties that the service does not check.
func (s *Service) EditZone(group, apex string, change func(z *Zone)) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return fmt.Errorf("zone %q: %w", apex, err)
	}
	return s.update(func(st *State) error {
		z := st.find(Subscription, group, name)
		if z == nil {
			z = st.add(Subscription, group, name)
		}
		change(z)
		for _, set := range z.Sets {
			if set.Etag == "" {
				set.Etag = st.etag(z.Name, set.Name, set.Type)
			}
		}
		return nil
	})
}

// add makes a zone with its SOA and its name servers. Zones with one name get different servers.
func (st *State) add(subscription, group, name string) *Zone {
	number := 1 + len(st.Zones)%9
	var servers []string
	for i, suffix := range []string{"com", "net", "org", "info"} {
		servers = append(servers, fmt.Sprintf("ns%d-0%d.azure-dns.%s", i+1, number, suffix))
	}
	z := &Zone{Subscription: subscription, Group: group, Name: name, NameServers: servers, Etag: st.etag(group, name)}
	names := make([]any, len(servers))
	for i, server := range servers {
		names[i] = map[string]any{"nsdname": server + "."}
	}
	z.Sets = []*Set{
		{Name: "@", Type: "NS", Etag: st.etag(group, name, "NS"), Properties: properties(map[string]any{"TTL": 172800, "NSRecords": names})},
		{Name: "@", Type: "SOA", Etag: st.etag(group, name, "SOA"), Properties: properties(map[string]any{"TTL": 3600, "SOARecord": map[string]any{
			"host": servers[0] + ".", "email": "azuredns-hostmaster.microsoft.com", "serialNumber": 1,
			"refreshTime": 3600, "retryTime": 300, "expireTime": 2419200, "minimumTTL": 300,
		}})},
	}
	st.Zones = append(st.Zones, z)
	if id := groupID(subscription, group); !slices.Contains(st.Groups, id) {
		st.Groups = append(st.Groups, id)
	}
	return z
}

// properties makes the properties of a set of values that JSON can express.
func properties(of map[string]any) map[string]json.RawMessage {
	made := map[string]json.RawMessage{}
	for name, value := range of {
		text, err := json.Marshal(value)
		if err != nil {
			panic("azure: properties that are no JSON: " + err.Error()) // texts and numbers can be written
		}
		made[name] = text
	}
	return made
}

// etag makes an etag that no other state of anything has.
func (st *State) etag(of ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "azure %d %q", st.Revision, of))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

func (st *State) find(subscription, group, name string) *Zone {
	i := slices.IndexFunc(st.Zones, func(z *Zone) bool {
		return strings.EqualFold(z.Subscription, subscription) && strings.EqualFold(z.Group, group) && strings.EqualFold(z.Name, name)
	})
	if i < 0 {
		return nil
	}
	return st.Zones[i]
}

// zone returns the zone of the call's path.
func (st *State) zone(c *call) (*Zone, error) {
	if z := st.find(c.subscription, c.group, c.zone); z != nil {
		return z, nil
	}
	inGroup := func(z *Zone) bool {
		return strings.EqualFold(z.Subscription, c.subscription) && strings.EqualFold(z.Group, c.group)
	}
	if !slices.ContainsFunc(st.Zones, inGroup) && !slices.Contains(st.Groups, groupID(c.subscription, c.group)) {
		return nil, resourceError(http.StatusNotFound, "ResourceGroupNotFound", fmt.Sprintf("Resource group '%s' could not be found.", c.group))
	}
	return nil, resourceError(http.StatusNotFound, "ResourceNotFound", fmt.Sprintf(
		"The Resource 'Microsoft.Network/dnszones/%s' under resource group '%s' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix", c.zone, c.group))
}

// groupID identifies a resource group, whatever its case.
func groupID(subscription, group string) string {
	return strings.ToLower("/subscriptions/" + subscription + "/resourceGroups/" + group)
}

func (z *Zone) id() string {
	return "/subscriptions/" + z.Subscription + "/resourceGroups/" + z.Group + "/providers/Microsoft.Network/dnszones/" + z.Name
}

// set returns a record set of the zone; nil if there is none.
func (z *Zone) set(recordType, name string) *Set {
	i := z.index(recordType, name)
	if i < 0 {
		return nil
	}
	return z.Sets[i]
}

func (z *Zone) index(recordType, name string) int {
	return slices.IndexFunc(z.Sets, func(s *Set) bool { return s.Type == recordType && strings.EqualFold(s.Name, name) })
}
