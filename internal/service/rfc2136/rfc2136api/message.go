package rfc2136api

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// maxUpdate is the size limit of the records in an UPDATE, in bytes: a message without header, zone
// and signature.
const maxUpdate = miekg.MaxMsgSize - 1024

// update is the content of one UPDATE message.
type update struct {
	prerequisites, changes []miekg.RR
	size                   int        // of both, uncompressed, in bytes
	sets                   recordSets // the sets that it changes, with their new content
	names                  [][]*setChange
	restores               bool // it adds records again that were in the zone before
}

func (u *update) message(apex string) *miekg.Msg {
	msg := new(miekg.Msg).SetUpdate(miekg.Fqdn(apex))
	msg.Compress = true
	msg.Answer, msg.Ns = u.prerequisites, u.changes
	return msg
}

// add appends another update.
func (u *update) add(next *update) {
	u.prerequisites = append(u.prerequisites, next.prerequisites...)
	u.changes = append(u.changes, next.changes...)
	u.size += next.size
	u.names = append(u.names, next.names...)
	u.restores = u.restores || next.restores
	maps.Copy(u.sets, next.sets)
}

// form is a way to write an update.
type form struct {
	// exact says that records are deleted one by one if others of their set stay. Otherwise the set
	// is deleted, and the records that stay are added again: PowerDNS compares what it has to
	// delete with the text in its database, so that a record with another case of letters stays,
	// and answers NOERROR all the same.
	exact bool
	// proof returns the prerequisites that a set is still as it was read.
	proof func(key dns.SetKey, rrs []miekg.RR) []miekg.RR
}

// usual is the first form of an update.
var usual = form{proof: required}

// updates returns the messages that carry out the draft: one, if it fits. All changes of one name
// stay together.
func (d *draft) updates() ([]*update, error) {
	var updates []*update
	for _, sets := range d.byName() {
		next := d.update(sets, usual)
		if next.size > maxUpdate {
			return nil, &dns.RefusedError{Reason: fmt.Sprintf("what changes at %s does not fit into one DNS message of 64 KiB: publish fewer or shorter records there", sets[0].key.Name)}
		}
		if len(updates) == 0 || updates[len(updates)-1].size+next.size > maxUpdate {
			updates = append(updates, next)
			continue
		}
		updates[len(updates)-1].add(next)
	}
	return updates, nil
}

// rewritten returns an update for the same names in another form.
func (d *draft) rewritten(u *update, f form) *update {
	other := &update{sets: recordSets{}}
	for _, sets := range u.names {
		other.add(d.update(sets, f))
	}
	return other
}

// byName groups the record sets by name. Names that get an address come first, because an MX record
// may need it.
func (d *draft) byName() [][]*setChange {
	var groups [][]*setChange
	at := map[string]int{}
	for _, s := range d.order {
		i, ok := at[s.key.Name]
		if !ok {
			i = len(groups)
			at[s.key.Name] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	slices.SortStableFunc(groups, func(a, b []*setChange) int { return addressRank(a) - addressRank(b) })
	return groups
}

func addressRank(sets []*setChange) int {
	for _, s := range sets {
		if (s.key.Type == "A" || s.key.Type == "AAAA") && len(s.records) > 0 {
			return 0
		}
	}
	return 1
}

// update returns the changes of the record sets of one name.
//
// Deletions come first, so that a CNAME can replace other data and the other way round. If a CNAME
// replaces other data, the whole name is deleted: if a set is deleted alone, a Knot DNS that signs
// the zone takes its signatures for data beside the CNAME, and silently leaves the CNAME out.
// Prerequisites make sure that nothing else is at the name. A CNAME that another one replaces, or
// that gets another TTL, goes by itself (RFC 2136 section 3.4.2.2).
func (d *draft) update(sets []*setChange, f form) *update {
	u := &update{sets: recordSets{}, names: [][]*setChange{sets}}
	for _, s := range sets {
		u.sets[s.key] = s.after
		u.prerequisites = append(u.prerequisites, f.proof(s.key, s.before)...)
	}
	u.prerequisites = append(u.prerequisites, d.requireNoOther(sets)...)
	switch alias := newAlias(sets); {
	case alias != nil && len(alias.before) == 0 && d.usedBefore(alias.key.Name):
		u.changes = []miekg.RR{empty(alias.key.Name, miekg.TypeANY, miekg.ClassANY), miekg.Copy(alias.after[0])}
	case alias != nil:
		u.changes = []miekg.RR{miekg.Copy(alias.after[0])}
	default:
		u.change(d.zone, sets, f)
	}
	for _, rr := range slices.Concat(u.prerequisites, u.changes) {
		u.size += miekg.Len(rr)
	}
	return u
}

// newAlias returns the set of a CNAME to write, or nil.
func newAlias(sets []*setChange) *setChange {
	for _, s := range sets {
		if s.key.Type == "CNAME" && len(s.records) > 0 {
			return s
		}
	}
	return nil
}

// change deletes records from sets, and then adds others.
func (u *update) change(zone dns.HostedZone, sets []*setChange, f form) {
	var additions []miekg.RR
	for _, s := range sets {
		gone := changed(s.before, s.after)
		come := changed(s.after, s.before)
		switch {
		case len(gone) == 0:
		case s.byRecord(zone) || f.exact && len(s.after) > 0:
			for _, rr := range gone {
				u.changes = append(u.changes, withClass(rr, miekg.ClassNONE))
			}
		default:
			u.changes = append(u.changes, empty(s.key.Name, typeOf(s.key.Type), miekg.ClassANY))
			u.restores = u.restores || len(come) < len(s.after)
			come = s.after
		}
		additions = append(additions, come...)
	}
	for _, rr := range additions {
		u.changes = append(u.changes, miekg.Copy(rr))
	}
}

// byRecord is whether records of a set are deleted one by one in every form. All servers compare
// texts alike. The name servers of a zone cannot be deleted as a set (RFC 2136 section 3.4.2.3).
func (s *setChange) byRecord(zone dns.HostedZone) bool {
	return s.key.Type == "TXT" || s.key.Type == "NS" && s.key.Name == zone.Apex
}

// changed returns the records of a set that the other one lacks or has with another TTL. To get
// another TTL a record is deleted and added: if it is only added, Knot DNS keeps its TTL, unless it
// is a CNAME.
func changed(from, to []miekg.RR) []miekg.RR {
	var rest []miekg.RR
	for _, rr := range from {
		if !slices.ContainsFunc(to, func(other miekg.RR) bool {
			return miekg.IsDuplicate(rr, other) && rr.Header().Ttl == other.Header().Ttl
		}) {
			rest = append(rest, rr)
		}
	}
	return rest
}

// requireNoOther returns the prerequisites that prevent additions from being silently ignored
// because somebody has meanwhile put a CNAME at the name, or other data where a CNAME is to go.
// They also protect from deletion what the snapshot does not show.
func (d *draft) requireNoOther(sets []*setChange) []miekg.RR {
	name := sets[0].key.Name
	if alias := newAlias(sets); alias != nil {
		switch {
		case len(alias.before) > 0:
			return nil // nothing stands beside it
		case d.usedBefore(name):
			return absent(name, assigned, func(rrtype uint16) bool {
				return slices.ContainsFunc(sets, func(s *setChange) bool { return typeOf(s.key.Type) == rrtype })
			})
		}
		return []miekg.RR{empty(name, miekg.TypeANY, miekg.ClassNONE)}
	}
	cname := dns.SetKey{Name: name, Type: "CNAME"}
	if _, touched := d.byKey[cname]; touched || !slices.ContainsFunc(sets, func(s *setChange) bool { return len(s.records) > 0 }) {
		return nil
	}
	return required(cname, nil)
}

func (d *draft) usedBefore(name string) bool {
	for key := range d.base {
		if key.Name == name {
			return true
		}
	}
	return false
}

// required returns the prerequisites that a record set is exactly this: that it does not exist (RFC
// 2136 section 2.4.3), or that it has exactly these records (section 2.4.2).
func required(key dns.SetKey, rrs []miekg.RR) []miekg.RR {
	if len(rrs) == 0 {
		return []miekg.RR{empty(key.Name, typeOf(key.Type), miekg.ClassNONE)}
	}
	prerequisites := make([]miekg.RR, len(rrs))
	for i, rr := range rrs {
		prerequisites[i] = withClass(rr, miekg.ClassINET)
	}
	return prerequisites
}

// typeOf returns the code of a record type by its name, which may be one of RFC 3597, such as
// TYPE65280.
func typeOf(name string) uint16 {
	if code, ok := miekg.StringToType[name]; ok {
		return code
	}
	code, err := strconv.ParseUint(strings.TrimPrefix(name, "TYPE"), 10, 16)
	if err != nil {
		return miekg.TypeNone // a type that no snapshot of this host has
	}
	return uint16(code)
}

// withClass returns a copy of a record for prerequisites and deletions, which have no TTL.
func withClass(rr miekg.RR, class uint16) miekg.RR {
	rr = miekg.Copy(rr)
	rr.Header().Class, rr.Header().Ttl = class, 0
	return rr
}

// empty returns a record without data, which stands for a set or a name.
func empty(name string, rrtype, class uint16) miekg.RR {
	return &miekg.ANY{Hdr: miekg.RR_Header{Name: miekg.Fqdn(name), Rrtype: rrtype, Class: class}}
}
