package yandexsim

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// TTLs in seconds. A TTL outside the limits becomes the nearer limit: existing clients send 300.
const (
	lowestTTL, highestTTL, defaultTTL = 900, 1209600, 21600

	defaultPriority = 10
)

// recordTypes are the types of records that can be added. The SOA record belongs to the service.
var recordTypes = []string{"A", "AAAA", "CNAME", "MX", "NS", "SRV", "TXT"}

// Codes for records. The documentation lists none for them.
const (
	codeNoType       refusal = "no_type"
	codeBadType      refusal = "bad_type"
	codeNoContent    refusal = "no_content"
	codeBadContent   refusal = "bad_content"
	codeBadNumber    refusal = "bad_number"
	codeBadSubdomain refusal = "bad_subdomain"
	codeRecordExists refusal = "record_exists"
	codeNoRecord     refusal = "record_not_found"
)

// Record is a record of a zone that is delegated to the service.
type Record struct {
	ID        uint64 `json:"id"`
	Type      string `json:"type"`
	Subdomain string `json:"subdomain"` // relative to the apex, "@" for the apex itself
	Content   string `json:"content"`   // as sent; of SRV records the target
	TTL       int    `json:"ttl"`
	Priority  int    `json:"priority,omitempty"` // of MX and SRV
	Weight    int    `json:"weight,omitempty"`   // this and the port: of SRV
	Port      int    `json:"port,omitempty"`
}

func (r Record) fqdn(apex string) string {
	if r.Subdomain == "@" {
		return apex
	}
	return r.Subdomain + "." + apex
}

// show returns the record in the form of answers. Records of a type without priorities have an
// empty one.
func (r Record) show(apex string) object {
	shown := object{
		"record_id": r.ID, "type": r.Type, "domain": apex, "subdomain": r.Subdomain, "fqdn": r.fqdn(apex), "ttl": r.TTL,
		"content": r.Content, "priority": "",
	}
	switch r.Type {
	case "SRV":
		shown["weight"], shown["port"], shown["target"] = r.Weight, r.Port, r.Content
		fallthrough
	case "MX":
		shown["priority"] = r.Priority
	}
	return shown
}

// listRecords is GET dns/list.
func (s *Service) listRecords(c *call) (answer object, err error) {
	err = s.view(func(st *State) error {
		z, err := st.delegated(c)
		if err != nil {
			return err
		}
		shown := []object{}
		for _, r := range z.Records {
			shown = append(shown, r.show(z.Apex))
		}
		answer = object{"records": shown}
		return nil
	})
	return answer, err
}

// delegated returns the zone of a call. A domain with another DNS host has none.
func (st *State) delegated(c *call) (*Zone, error) {
	d, err := st.of(c)
	if err != nil {
		return nil, err
	}
	z := st.zone(d.Name)
	if z == nil || !d.Delegated {
		return nil, codeNotAllowed
	}
	return z, nil
}

// addRecord is POST dns/add.
func (s *Service) addRecord(c *call) (answer object, err error) {
	if !c.Form.Has("type") {
		return nil, codeNoType
	}
	r := Record{Type: strings.ToUpper(c.FormValue("type")), Subdomain: "@", TTL: defaultTTL, Priority: defaultPriority}
	if !slices.Contains(recordTypes, r.Type) {
		return nil, codeBadType
	}
	if err := c.readRecord(&r); err != nil {
		return nil, err
	}
	err = s.update(func(st *State) error {
		z, err := st.delegated(c)
		if err == nil {
			err = z.admit(r)
		}
		if err == nil {
			answer = object{"record": st.addRecord(z, r).show(z.Apex)}
		}
		return err
	})
	return answer, err
}

// editRecord is POST dns/edit. Fields that are not sent stay as they are.
func (s *Service) editRecord(c *call) (answer object, err error) {
	err = s.update(func(st *State) error {
		z, i, err := st.record(c)
		if err != nil {
			return err
		}
		changed := z.Records[i]
		if err := c.readRecord(&changed); err != nil {
			return err
		}
		if err := z.admit(changed); err != nil {
			return err
		}
		z.Records[i] = changed
		st.Changes++
		answer = object{"record_id": changed.ID, "record": changed.show(z.Apex)}
		return nil
	})
	return answer, err
}

// deleteRecord is POST dns/del.
func (s *Service) deleteRecord(c *call) (answer object, err error) {
	err = s.update(func(st *State) error {
		z, i, err := st.record(c)
		if err != nil {
			return err
		}
		answer = object{"record_id": z.Records[i].ID}
		z.Records = slices.Delete(z.Records, i, i+1)
		st.Changes++
		return nil
	})
	return answer, err
}

// record finds the record that a call names. Nobody can change the records that delegate the
// domain.
func (st *State) record(c *call) (z *Zone, i int, err error) {
	if z, err = st.delegated(c); err != nil {
		return nil, 0, err
	}
	id, err := strconv.ParseUint(c.FormValue("record_id"), 10, 64)
	if err != nil {
		return nil, 0, codeNoRecord
	}
	i = slices.IndexFunc(z.Records, func(r Record) bool { return r.ID == id })
	switch {
	case i < 0:
		return nil, 0, codeNoRecord
	case z.Records[i].Type == "NS" && z.Records[i].Subdomain == "@":
		return nil, 0, codeNotAllowed
	}
	return z, i, nil
}

// readRecord takes over the fields of a record from a call, and checks the result.
func (c *call) readRecord(r *Record) error {
	for _, name := range []string{"content", "target"} {
		if c.FormValue(name) != "" && (name == "target") == (r.Type == "SRV") {
			r.Content = c.FormValue(name)
		}
	}
	if c.FormValue("subdomain") != "" {
		r.Subdomain = strings.ToLower(c.FormValue("subdomain"))
	}
	for name, number := range map[string]*int{"ttl": &r.TTL, "priority": &r.Priority, "weight": &r.Weight, "port": &r.Port} {
		text := c.FormValue(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || name != "ttl" && n > 65535 {
			return codeBadNumber
		}
		*number = n
	}
	r.TTL = min(max(r.TTL, lowestTTL), highestTTL)
	if _, err := dns.Canonical(r.Subdomain); r.Subdomain != "@" && err != nil {
		return codeBadSubdomain
	}
	if r.Content == "" {
		return codeNoContent
	}
	switch r.Type {
	case "A", "AAAA":
		if address, err := netip.ParseAddr(r.Content); err != nil || address.Is4() != (r.Type == "A") || address.Zone() != "" {
			return codeBadContent
		}
	case "CNAME", "MX", "NS", "SRV":
		if _, err := dns.Canonical(r.Content); err != nil {
			return codeBadContent
		}
	}
	if _, err := miekg.NewRR(r.line(c.domain)); err != nil {
		return codeBadContent
	}
	return nil
}

// admit refuses a record that conflicts with others of its zone: nothing exists twice, and a CNAME
// stands alone at its name. Records that differ in a number are two records.
func (z *Zone) admit(r Record) error {
	for _, other := range z.Records {
		if other.ID == r.ID || other.Subdomain != r.Subdomain {
			continue
		}
		same := other.Type == r.Type && other.Content == r.Content &&
			(r.Type != "MX" && r.Type != "SRV" || other.Priority == r.Priority && other.Weight == r.Weight && other.Port == r.Port)
		if same || other.Type == "CNAME" || r.Type == "CNAME" {
			return codeRecordExists
		}
	}
	return nil
}
