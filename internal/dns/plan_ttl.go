package dns

import "slices"

// settleTTLs gives the record sets of the wanted records their TTLs. A record set has one TTL (RFC
// 2181 section 5.2). If it has records of others, it keeps its TTL. If all its records belong to
// this publication, it gets the TTL that the publication wants. If another owner publishes a record
// of the set too, and the set has the TTL that this owner wants, it keeps that. Otherwise the two
// owners would change the TTL at every apply.
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
			pl.joinTTL(members, standing, 0, "") // rivalries warns about it
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

// foreign reports whether somebody else decides the TTL of an entry. The TTL of an SPF record is
// decided by the owner that created it.
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

// isNew reports whether this publication creates an entry.
func (pl *planner) isNew(e *entry) bool {
	return slices.Contains(pl.added[pl.addedBefore:], e)
}

// rivalTTLs returns the TTLs that other owners want for records of a set which they publish
// together with this owner. The TTLs are sorted and within the limits of the host.
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

// ttlsOf returns the TTLs that these owners want for a record. It returns none for an SPF record,
// because the owner that created it decides its TTL.
func (n neighbours) ttlsOf(r Record, limits Limits) []uint32 {
	var ttls []uint32
	for _, other := range n.wants {
		if other.Record.TTL != 0 && !r.isSPF() && Equivalent(other.Record, r) {
			ttls = append(ttls, limits.clamp(other.Record.TTL))
		}
	}
	return ttls
}

// foundAt reports whether an entry is a wanted record that was in the zone before.
func (pl *planner) foundAt(e *entry) bool {
	for _, w := range pl.wanted {
		if pl.standing[w.Key] == e && pl.preexisting(w, e) {
			return true
		}
	}
	return false
}

// hadTTL reports whether this publication wanted the current TTL of a record set before. If it
// wants no TTL any more, the host's default replaces that TTL. A TTL that it did not want comes
// from others, and stays.
func (pl *planner) hadTTL(key SetKey, standing uint32) bool {
	return slices.ContainsFunc(pl.pub.Previous, func(p Published) bool {
		return p.Wanted.SetKey() == key && p.Timed && pl.limits.clamp(p.Wanted.TTL) == standing
	})
}

// wantedTTL returns the TTL that the publication wants for a record set, within the limits of the
// host, and the key of the record that sets it. It returns 0 if no record sets one.
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

// standingTTL returns the TTL of the records of a set that are in the zone, or that another owner
// creates in the same write. For a new set, it returns the host's default, and false.
func (pl *planner) standingTTL(members []*entry) (ttl uint32, stands bool) {
	for _, e := range members {
		if !pl.isNew(e) {
			return e.record.TTL, true
		}
	}
	return pl.limits.DefaultTTL, false
}

// joinTTL gives new records of a set the TTL of the others. It warns if a different TTL was wanted.
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
