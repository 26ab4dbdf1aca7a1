package googlesim

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// object is a JSON object of an answer.
type object = map[string]any

// described returns a zone in the API's form.
func (z *Zone) described() object {
	o := object{
		"kind": "dns#managedZone", "id": strconv.FormatUint(z.ID, 10), "name": z.Name, "dnsName": z.DNSName + ".", "description": z.Description,
		"visibility": z.Visibility, "creationTime": z.CreatedOn.Format("2006-01-02T15:04:05.000Z"), "cloudLoggingConfig": object{"kind": "dns#managedZoneCloudLoggingConfig"},
	}
	servers := make([]string, len(z.NameServers))
	for i, server := range z.NameServers {
		servers[i] = server + "."
	}
	if z.public() {
		o["nameServers"] = servers
	} else {
		o["privateVisibilityConfig"] = object{"kind": "dns#managedZonePrivateVisibilityConfig", "networks": []object{}}
	}
	for name, value := range z.More {
		o[name] = value
	}
	return o
}

// page returns the part of a list that a call asks for, and the token of the next part. key identifies
// an entry, in the order of the list.
func page[T any](c *call, all []T, key func(T) string) (part []T, next string, err error) {
	query := c.URL.Query()
	most := min(100, c.behaviour.page)
	if text := query.Get("maxResults"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, "", refuse(http.StatusBadRequest, "invalid", "Invalid value for 'parameters.maxResults': '%s'", text)
		}
		most = min(n, c.behaviour.page)
	}
	// A token is the last entry before it, so that an entry which comes or goes does not move others.
	if after := query.Get("pageToken"); after != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(entry T) bool { return key(entry) <= after })
	}
	if len(all) <= most {
		return all, "", nil
	}
	return all[:most], key(all[most-1]), nil
}

// listZones is managedZones.list.
func (s *Service) listZones(c *call) (any, error) {
	if err := c.may("dns.managedZones.list"); err != nil {
		return nil, err
	}
	wanted := c.URL.Query().Get("dnsName")
	if wanted != "" && !strings.HasSuffix(wanted, ".") {
		return nil, refuse(http.StatusBadRequest, "invalid", "Invalid value for 'parameters.dnsName': '%s'", wanted)
	}
	var zones []*Zone
	described := []object{}
	var next string
	err := s.view(func(st *State) error {
		for _, z := range st.Zones {
			if z.Project == c.project && (wanted == "" || z.DNSName+"." == strings.ToLower(wanted)) {
				zones = append(zones, z)
			}
		}
		slices.SortFunc(zones, func(a, b *Zone) int { return strings.Compare(a.Name, b.Name) })
		part, token, err := page(c, zones, func(z *Zone) string { return z.Name })
		if err != nil {
			return err
		}
		next = token
		for _, z := range part {
			described = append(described, z.described())
		}
		return nil
	})
	return listed("dns#managedZonesListResponse", "managedZones", described, next), err
}

// listed is the answer of a list.
func listed(kind, name string, entries any, next string) object {
	o := object{"kind": kind, name: entries}
	if next != "" {
		o["nextPageToken"] = next
	}
	return o
}

// getZone is managedZones.get.
func (s *Service) getZone(c *call) (any, error) {
	if err := c.mayInZone("dns.managedZones.get"); err != nil {
		return nil, err
	}
	var described object
	err := s.view(func(st *State) error {
		z, err := st.of(c)
		if err == nil {
			described = z.described()
		}
		return err
	})
	return described, err
}

var validZoneName = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// createZone is managedZones.create.
func (s *Service) createZone(c *call) (any, error) {
	if err := c.may("dns.managedZones.create"); err != nil {
		return nil, err
	}
	var body struct {
		Name, DNSName, Description, Visibility string
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	name, err := dns.Canonical(body.DNSName)
	switch {
	case !validZoneName.MatchString(body.Name):
		return nil, refuse(http.StatusBadRequest, "invalidFieldValue", "Invalid value for 'entity.managedZone.name': '%s'", body.Name)
	case err != nil || !strings.HasSuffix(body.DNSName, "."):
		return nil, refuse(http.StatusBadRequest, "invalid", "Invalid value for 'entity.managedZone.dnsName': '%s'", body.DNSName)
	}
	z := &Zone{Project: c.project, Name: body.Name, DNSName: name, Description: body.Description, Visibility: cmp.Or(body.Visibility, "public")}
	err = s.update(func(st *State) error { return st.add(z, c.now) })
	return z.described(), err
}

// deleteZone is managedZones.delete. Only the SOA and the NS records of the apex go with the zone.
func (s *Service) deleteZone(c *call) (any, error) {
	if err := c.mayInZone("dns.managedZones.delete"); err != nil {
		return nil, err
	}
	return nil, s.update(func(st *State) error {
		z, err := st.of(c)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(z.Sets, func(r *RecordSet) bool { return r.Name != z.DNSName+"." || r.Type != "SOA" && r.Type != "NS" }) {
			return refuse(http.StatusBadRequest, "containerNotEmpty", "The resource named '%s' cannot be deleted because it contains one or more 'resource records'.", z.Name)
		}
		st.Zones = slices.DeleteFunc(st.Zones, func(other *Zone) bool { return other == z })
		return nil
	})
}

// getProject is projects.get: the quotas.
func (s *Service) getProject(c *call) (any, error) {
	if err := c.may("dns.projects.get"); err != nil {
		return nil, err
	}
	b := c.behaviour
	return object{
		"kind": "dns#project", "id": c.project, "number": "100000000001",
		"quota": object{
			"kind": "dns#quota", "managedZones": 10000, "rrsetsPerManagedZone": b.sets, "rrsetAdditionsPerChange": b.additions,
			"rrsetDeletionsPerChange": b.deletions, "totalRrdataSizePerChange": b.rrdata, "resourceRecordsPerRrset": b.records,
		},
	}, nil
}

// described returns a record set in the API's form.
func (r *RecordSet) described() object {
	o := object{"kind": "dns#resourceRecordSet", "name": r.Name, "type": r.Type, "ttl": r.TTL}
	if r.RoutingPolicy != nil {
		o["routingPolicy"] = r.RoutingPolicy
	} else {
		o["rrdatas"], o["signatureRrdatas"] = slices.Clone(r.Rrdatas), []string{}
	}
	for name, value := range r.More {
		o[name] = value
	}
	return o
}

func describedSets(sets []*RecordSet) []object {
	all := []object{}
	for _, r := range sets {
		all = append(all, r.described())
	}
	return all
}

// key identifies a record set in the order of lists.
func (r *RecordSet) key() string { return r.Name + " " + r.Type }

// listSets is resourceRecordSets.list.
func (s *Service) listSets(c *call) (any, error) {
	if err := c.mayInZone("dns.resourceRecordSets.list"); err != nil {
		return nil, err
	}
	query := c.URL.Query()
	name, recordType := query.Get("name"), query.Get("type")
	if recordType != "" && name == "" {
		return nil, refuse(http.StatusBadRequest, "invalid", "Invalid value for 'parameters.name': ''")
	}
	var answer object
	err := s.view(func(st *State) error {
		z, err := st.of(c)
		if err != nil {
			return err
		}
		sets := slices.DeleteFunc(slices.Clone(z.shown(c.now)), func(r *RecordSet) bool {
			return name != "" && r.Name != strings.ToLower(name) || recordType != "" && r.Type != recordType
		})
		part, next, err := page(c, sets, (*RecordSet).key)
		answer = listed("dns#resourceRecordSetsListResponse", "rrsets", describedSets(part), next)
		return err
	})
	return answer, err
}

// getSet is resourceRecordSets.get.
func (s *Service) getSet(c *call) (any, error) {
	if err := c.mayInZone("dns.resourceRecordSets.get"); err != nil {
		return nil, err
	}
	var answer object
	err := s.view(func(st *State) error {
		z, err := st.of(c)
		if err != nil {
			return err
		}
		for _, r := range z.shown(c.now) {
			if r.Name == c.rest[1] && r.Type == c.rest[2] {
				answer = r.described()
				return nil
			}
		}
		return refuse(http.StatusNotFound, "notFound", "The 'parameters.name' resource named '%s (%s)' does not exist.", c.rest[1], c.rest[2])
	})
	return answer, err
}

// described returns a change in the API's form. A change is done once its time is over.
func (ch *Change) described(now time.Time, first bool) object {
	status := "done"
	if first || now.Before(ch.Done) {
		status = "pending"
	}
	return object{
		"kind": "dns#change", "id": ch.ID, "startTime": ch.Started.Format("2006-01-02T15:04:05.000Z"), "status": status,
		"additions": describedSets(ch.Additions), "deletions": describedSets(ch.Deletions),
	}
}

// getChange is changes.get.
func (s *Service) getChange(c *call) (any, error) {
	if err := c.mayInZone("dns.changes.get"); err != nil {
		return nil, err
	}
	var answer object
	err := s.view(func(st *State) error {
		z, err := st.of(c)
		if err != nil {
			return err
		}
		for _, ch := range z.Changes {
			if ch.ID == c.rest[1] {
				answer = ch.described(c.now, false)
				return nil
			}
		}
		return refuse(http.StatusNotFound, "notFound", "The 'parameters.changeId' resource named '%s' does not exist.", c.rest[1])
	})
	return answer, err
}

// listChanges is changes.list, in the order of the changes or, with sortOrder, in the reverse order.
func (s *Service) listChanges(c *call) (any, error) {
	if err := c.mayInZone("dns.changes.list"); err != nil {
		return nil, err
	}
	all := []object{}
	var next string
	err := s.view(func(st *State) error {
		z, err := st.of(c)
		if err != nil {
			return err
		}
		changes := slices.Clone(z.Changes)
		place := func(ch *Change) string { n, _ := strconv.Atoi(ch.ID); return fmt.Sprintf("%020d", n) }
		if c.URL.Query().Get("sortOrder") == "descending" {
			slices.Reverse(changes)
			place = func(ch *Change) string { n, _ := strconv.Atoi(ch.ID); return fmt.Sprintf("%020d", 1<<40-n) }
		}
		part, token, err := page(c, changes, place)
		next = token
		for _, ch := range part {
			all = append(all, ch.described(c.now, false))
		}
		return err
	})
	return listed("dns#changesListResponse", "changes", all, next), err
}

// testPermissions is managedZones.testIamPermissions.
func (s *Service) testPermissions(c *call) (any, error) {
	if err := c.may("dns.managedZones.list"); err != nil {
		return nil, err
	}
	var body struct {
		Permissions []string `json:"permissions"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	has := []string{}
	err := s.view(func(st *State) error {
		if _, err := st.of(c); err != nil {
			return err
		}
		for _, permission := range body.Permissions {
			if c.mayInZone(permission) == nil {
				has = append(has, permission)
			}
		}
		return nil
	})
	if len(has) == 0 {
		return object{}, err
	}
	return object{"permissions": has}, err
}
