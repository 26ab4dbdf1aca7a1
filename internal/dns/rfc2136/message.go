package rfc2136

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// maxUpdate is what the records of an UPDATE may measure, in bytes: a message
// without header, zone and signature.
const maxUpdate = miekg.MaxMsgSize - 1024

// update is what one UPDATE message is made of.
type update struct {
	prerequisites, changes []miekg.RR
	size                   int        // of both, uncompressed
	sets                   recordSets // those that it touches, as they will be
	again                  bool       // for the case that the server has left something out
}

func (u *update) message(apex string) *miekg.Msg {
	msg := new(miekg.Msg).SetUpdate(miekg.Fqdn(apex))
	msg.Answer, msg.Ns = u.prerequisites, u.changes
	return msg
}

// updates returns the messages that carry out the draft: one, if it fits, and
// those for what it may have left out. What concerns one name stays together.
func (d *draft) updates() ([]*update, error) {
	var updates, again []*update
	for _, sets := range d.byName() {
		next := d.update(sets)
		if repeated := d.aliasAgain(sets); repeated != nil {
			again = append(again, repeated)
		}
		if next.size > maxUpdate {
			return nil, &dns.RefusedError{Reason: fmt.Sprintf("what changes at %s does not fit into one DNS message of 64 KiB: publish fewer or shorter records there", sets[0].key.Name)}
		}
		if len(updates) == 0 || updates[len(updates)-1].size+next.size > maxUpdate {
			updates = append(updates, next)
			continue
		}
		last := updates[len(updates)-1]
		last.prerequisites = append(last.prerequisites, next.prerequisites...)
		last.changes = append(last.changes, next.changes...)
		last.size += next.size
		for key, after := range next.sets {
			last.sets[key] = after
		}
	}
	return append(updates, again...), nil
}

// byName groups the record sets by name. Names that get an address go first: an
// MX record may need it to be there.
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

// update returns what changes the record sets of one name. What goes away goes
// first: a CNAME can take the place of other data and the other way round. Only a
// CNAME that another one replaces goes by itself (RFC 2136 section 3.4.2.2).
func (d *draft) update(sets []*setChange) *update {
	u := &update{sets: recordSets{}}
	for _, s := range sets {
		u.sets[s.key] = s.after
		u.prerequisites = append(u.prerequisites, required(s.key, s.before)...)
		if s.key.Type == "CNAME" && len(without(s.after, s.before)) > 0 {
			continue
		}
		for _, rr := range changed(s.before, s.after) {
			u.changes = append(u.changes, withClass(rr, miekg.ClassNONE))
		}
	}
	u.prerequisites = append(u.prerequisites, d.requireNoAlias(sets)...)
	for _, s := range sets {
		for _, rr := range changed(s.after, s.before) {
			u.changes = append(u.changes, miekg.Copy(rr))
		}
	}
	for _, rr := range slices.Concat(u.prerequisites, u.changes) {
		u.size += miekg.Len(rr)
	}
	return u
}

// changed returns the records of a set that are not in the other one, or there
// with another TTL. To get another TTL a record is deleted and added: where it
// is only added, Knot DNS keeps the one that it has.
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

// aliasAgain returns an update that creates a CNAME, in place of other data or of
// itself with another TTL, once more if it is not there: Knot DNS takes the
// signatures of what goes away for data beside it, and ignores it silently the
// first time. nil if there is none.
func (d *draft) aliasAgain(sets []*setChange) *update {
	for _, s := range sets {
		replaces := len(s.before) > 0 && len(without(s.after, s.before)) > 0
		if s.key.Type == "CNAME" && len(s.records) > 0 && !replaces && d.usedBefore(s.key.Name) {
			return &update{
				prerequisites: []miekg.RR{empty(s.key.Name, miekg.TypeANY, miekg.ClassNONE)},
				changes:       []miekg.RR{miekg.Copy(s.after[0])},
				sets:          recordSets{s.key: s.after},
				again:         true,
			}
		}
	}
	return nil
}

// requireNoAlias keeps additions from being ignored silently, because somebody
// has since put a CNAME where they go, or other data where a CNAME goes.
func (d *draft) requireNoAlias(sets []*setChange) []miekg.RR {
	name := sets[0].key.Name
	for _, s := range sets {
		switch {
		case len(s.records) == 0:
		case s.key.Type != "CNAME":
			cname := dns.SetKey{Name: name, Type: "CNAME"}
			if _, touched := d.byKey[cname]; touched {
				return nil
			}
			return required(cname, nil)
		case !d.usedBefore(name):
			return []miekg.RR{empty(name, miekg.TypeANY, miekg.ClassNONE)}
		}
	}
	return nil
}

func (d *draft) usedBefore(name string) bool {
	for key := range d.base {
		if key.Name == name {
			return true
		}
	}
	return false
}

// required returns the prerequisites that a record set is just this one: that
// there is none (RFC 2136 section 2.4.3), or that it has just these records
// (section 2.4.2).
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

// typeOf returns the code of a record type by its name, which may be one of RFC
// 3597, such as TYPE65280.
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

// withClass returns a copy of a record, as prerequisites and deletions have it:
// without a TTL.
func withClass(rr miekg.RR, class uint16) miekg.RR {
	rr = miekg.Copy(rr)
	rr.Header().Class, rr.Header().Ttl = class, 0
	return rr
}

// empty returns a record without data, which stands for a set or a name.
func empty(name string, rrtype, class uint16) miekg.RR {
	return &miekg.ANY{Hdr: miekg.RR_Header{Name: miekg.Fqdn(name), Rrtype: rrtype, Class: class}}
}
