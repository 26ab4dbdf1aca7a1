package dns

import "slices"

// settleTTLs gives the record sets of the wanted records their TTLs. A record set
// has one TTL (RFC 2181 section 5.2): whoever joins the set of others takes
// theirs, and where all records are this publication's, what it wants is done. Where
// another owner publishes a record of the set too, and the set has the TTL that this one
// wants, it keeps that: two owners would change it at every apply.
func (pl *planner) settleTTLs() {
	var settled []SetKey
	for _, w := range pl.wanted {
		key := w.Record.SetKey()
		if pl.standing[w.Key] == nil || slices.Contains(settled, key) {
			continue
		}
		settled = append(settled, key)
		ttl, from := pl.wantedTTL(key)
		members := pl.set(key)
		if i := slices.IndexFunc(members, pl.foreign); i >= 0 {
			pl.joinTTL(members, members[i].record.TTL, ttl, from)
			continue
		}
		standing, stands := pl.standingTTL(members)
		rivals := pl.rivalTTLs(key)
		switch {
		case stands && slices.Contains(rivals, standing):
			pl.joinTTL(members, standing, 0, "") // rivalries says so
			continue
		case ttl == 0 && pl.hadTTL(key, standing) && len(rivals) > 0:
			ttl = rivals[0]
		case ttl == 0 && pl.hadTTL(key, standing):
			ttl = pl.limits.DefaultTTL
		case ttl == 0:
			pl.joinTTL(members, standing, 0, "")
			continue
		}
		for _, e := range members {
			if e.record.TTL != ttl {
				pl.retime(e, ttl)
			}
		}
	}
}

// foreign is whether somebody else decides about the TTL of an entry. An SPF
// record belongs to who created it.
func (pl *planner) foreign(e *entry) bool {
	if !e.record.isSPF() {
		return !pl.mine(e) || pl.foundAt(e)
	}
	for key, at := range pl.standing {
		if at == e && pl.spf[key].Created != "" && !pl.spf[key].Joint {
			return false
		}
	}
	return true
}

// isNew is whether this publication creates an entry.
func (pl *planner) isNew(e *entry) bool {
	return slices.Contains(pl.added[pl.addedBefore:], e)
}

// rivalTTLs are the TTLs, within the limits of the host, that other owners want for records
// of a set which they publish together with this one; sorted.
func (pl *planner) rivalTTLs(key SetKey) []uint32 {
	var ttls []uint32
	for _, w := range pl.wanted {
		if w.Record.SetKey() == key {
			ttls = append(ttls, pl.others.ttlsOf(w.Record, pl.limits)...)
		}
	}
	slices.Sort(ttls)
	return slices.Compact(ttls)
}

// ttlsOf are the TTLs that other owners ask for where they want a record. That of an SPF
// record is decided by who has created it.
func (n neighbours) ttlsOf(r Record, limits Limits) []uint32 {
	var ttls []uint32
	for _, other := range n.wants {
		if other.Record.TTL != 0 && !r.isSPF() && Equivalent(other.Record, r) {
			ttls = append(ttls, limits.clamp(other.Record.TTL))
		}
	}
	return ttls
}

// foundAt is whether a wanted record at an entry was there before.
func (pl *planner) foundAt(e *entry) bool {
	for _, w := range pl.wanted {
		if pl.standing[w.Key] == e && pl.preexisting(w, e) {
			return true
		}
	}
	return false
}

// hadTTL is whether the TTL that a record set has was wanted before: where it is wanted no
// more, the host's default takes its place. A set that has another one has that from others.
func (pl *planner) hadTTL(key SetKey, standing uint32) bool {
	return slices.ContainsFunc(pl.pub.Previous, func(p Published) bool {
		return p.Wanted.SetKey() == key && p.Timed && pl.limits.clamp(p.Wanted.TTL) == standing
	})
}

// wantedTTL returns the TTL that the publication wants for a record set, within
// the limits of the host, and the key of the record that says so; 0 where none
// does.
func (pl *planner) wantedTTL(key SetKey) (ttl uint32, from string) {
	for _, w := range pl.wanted {
		if w.Record.SetKey() != key || w.Record.TTL == 0 {
			continue
		}
		within := pl.limits.clamp(w.Record.TTL)
		switch {
		case from == "":
			ttl, from = within, w.Key
			if within != w.Record.TTL {
				pl.problem(Warning, w.Key, "TTL outside the limits of the DNS host",
					"%s: a TTL of %d seconds was asked for; the host takes %d to %d, so it will be %d.",
					w.Record, w.Record.TTL, pl.limits.MinTTL, pl.limits.MaxTTL, within)
			}
		case within != ttl:
			pl.problem(Warning, w.Key, "Different TTLs in one record set",
				"The %s records at %s have one TTL together. %d seconds is taken, as the record %q asks for; the %d of this one is ignored.",
				key.Type, key.Name, ttl, from, w.Record.TTL)
		}
	}
	return ttl, from
}

// clamp returns the nearest TTL that the host accepts.
func (l Limits) clamp(ttl uint32) uint32 {
	switch {
	case ttl == l.AutomaticTTL && ttl != 0:
		return ttl
	case ttl < l.MinTTL:
		return l.MinTTL
	case l.MaxTTL != 0 && ttl > l.MaxTTL:
		return l.MaxTTL
	}
	return ttl
}

// standingTTL returns the TTL of the records of a set that are in the zone, or that another
// owner creates in the same write; for a new set the host's default, and false.
func (pl *planner) standingTTL(members []*entry) (ttl uint32, stands bool) {
	for _, e := range members {
		if !pl.isNew(e) {
			return e.record.TTL, true
		}
	}
	return pl.limits.DefaultTTL, false
}

// joinTTL gives new records of a set the TTL of the others, and says so when
// another one was wanted.
func (pl *planner) joinTTL(members []*entry, ttl, wanted uint32, from string) {
	joins := false
	for _, e := range members {
		if pl.isNew(e) {
			joins = true
			pl.retime(e, ttl)
		}
	}
	if joins && wanted != 0 && wanted != ttl {
		key := members[0].record.SetKey()
		pl.problem(Warning, from, "TTL of the record set is taken",
			"There are other %s records at %s with a TTL of %d seconds, and a record set has one TTL. The wanted %d is not applied.",
			key.Type, key.Name, ttl, wanted)
	}
}
