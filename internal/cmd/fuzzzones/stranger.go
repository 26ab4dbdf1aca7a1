package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// read returns the zone as it is now, without what the zone's host has put there.
func (w *world) read(ctx context.Context) (*dns.Snapshot, error) {
	host, err := w.host.stranger()
	if err != nil {
		return nil, err
	}
	snapshot, err := host.Read(ctx, w.host.zone)
	if err != nil {
		return nil, fmt.Errorf("reading the zone: %w", err)
	}
	return snapshot, nil
}

// records are those of a snapshot but the NS records of the apex.
func recordsOf(s *dns.Snapshot) []dns.Record {
	return slices.DeleteFunc(slices.Clone(s.Records), func(r dns.Record) bool { return r.Type == "NS" && r.Name == s.Zone.Apex })
}

// disturb has somebody else change the zone.
func (w *world) disturb(ctx context.Context, times int) error {
	for range times {
		host, err := w.host.stranger()
		if err != nil {
			return err
		}
		base, err := host.Read(ctx, w.host.zone)
		if err != nil {
			return fmt.Errorf("somebody else reads the zone: %w", err)
		}
		edit, note := w.edit(recordsOf(base))
		if edit.Empty() {
			continue
		}
		w.trace("  somebody else: %s", describeEdit(edit))
		if err := host.Apply(ctx, base, edit); errors.Is(err, api.ErrOutcomeUnknown) {
			// The machine may be too busy to answer in time.
			after, err := w.read(ctx)
			if err != nil {
				return err
			}
			if !carriedOut(edit, after.Records) {
				w.trace("  which was not carried out")
				continue
			}
		} else if err != nil {
			return fmt.Errorf("somebody else edits the zone: %w", err)
		}
		note()
		if err := w.learn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// carriedOut is whether a zone is as an edit makes it.
func carriedOut(edit dns.ChangeSet, zone []dns.Record) bool {
	for _, r := range edit.Delete {
		if has(zone, r.Identity()) {
			return false
		}
	}
	for _, r := range edit.Replace {
		if !has(zone, r.New.Identity()) {
			return false
		}
	}
	return !slices.ContainsFunc(edit.Create, func(r dns.Record) bool { return !has(zone, r.Identity()) })
}

// learn takes over the TTLs of others' records, as a host may have changed them for the whole
// record set.
func (w *world) learn(ctx context.Context) error {
	after, err := w.read(ctx)
	if err != nil {
		return err
	}
	for _, r := range recordsOf(after) {
		if _, foreign := w.model.foreign[r.Identity()]; foreign {
			w.model.foreign[r.Identity()] = r
		}
	}
	for id, r := range w.model.foreign {
		if !has(after.Records, id) {
			return fmt.Errorf("%s, which somebody else has added, is not there", r)
		}
	}
	return nil
}

func describeEdit(c dns.ChangeSet) string {
	var parts []string
	for _, r := range c.Delete {
		parts = append(parts, "removes "+r.String())
	}
	for _, r := range c.Replace {
		parts = append(parts, fmt.Sprintf("changes %s to %s", r.Old, r.New))
	}
	for _, r := range c.Create {
		parts = append(parts, "adds "+r.String())
	}
	return strings.Join(parts, ", ")
}

// edit chooses an edit, and how the model notes it once it is done.
func (w *world) edit(zone []dns.Record) (dns.ChangeSet, func()) {
	m := w.model
	nothing := func() {}
	switch n := w.random.IntN(12); {
	case n < 5:
		r := w.records.any()
		if !w.fits(zone, r) {
			return dns.ChangeSet{}, nothing
		}
		r.TTL = w.ttl(zone, r)
		if w.host.comments && w.random.IntN(2) == 0 {
			r.Comment = "by hand"
		}
		return dns.ChangeSet{Create: []dns.Record{r}}, func() { m.foreign[r.Identity()] = r }
	case n < 7:
		ids := slices.SortedFunc(maps.Keys(m.foreign), compareIdentities)
		if len(ids) == 0 {
			return dns.ChangeSet{}, nothing
		}
		id := ids[w.random.IntN(len(ids))]
		return dns.ChangeSet{Delete: []dns.Record{find(zone, id)}}, func() {
			delete(m.foreign, id)
			delete(m.altered, id)
		}
	case n < 9:
		return w.tamper(zone)
	}
	return w.editSPF(zone)
}

// fits is whether somebody else may add a record. What a resource has published, or was to
// publish, is not added once more: nobody could tell then whose it is.
func (w *world) fits(zone []dns.Record, r dns.Record) bool {
	_, loose := w.model.loose[r.Identity()]
	if loose || has(zone, r.Identity()) || w.model.owns(r.Identity()) {
		return false
	}
	return !slices.ContainsFunc(zone, func(there dns.Record) bool {
		return there.Name == r.Name && (there.Type == "CNAME" || r.Type == "CNAME") || contradict(there, r) && w.random.IntN(4) > 0
	})
}

// ttl is that of the record set that a record joins.
func (w *world) ttl(zone []dns.Record, r dns.Record) uint32 {
	for _, there := range zone {
		if there.SetKey() == r.SetKey() {
			return there.TTL
		}
	}
	return []uint32{1800, 3600}[w.random.IntN(2)]
}

// tamper has somebody else remove or change a record of ours.
func (w *world) tamper(zone []dns.Record) (dns.ChangeSet, func()) {
	m := w.model
	var ours []dns.Record
	for _, r := range zone {
		_, foreign := m.foreign[r.Identity()]
		_, loose := m.loose[r.Identity()]
		if !foreign && !loose && !isSPF(r) && m.owns(r.Identity()) {
			ours = append(ours, r)
		}
	}
	if len(ours) == 0 {
		return dns.ChangeSet{}, func() {}
	}
	old := ours[w.random.IntN(len(ours))]
	changed := w.records.any()
	rest := slices.DeleteFunc(slices.Clone(zone), func(r dns.Record) bool { return r.Identity() == old.Identity() })
	if changed.SetKey() != old.SetKey() || changed.Identity() == old.Identity() || !w.fits(rest, changed) {
		return dns.ChangeSet{Delete: []dns.Record{old}}, func() {}
	}
	now := old
	now.Value, now.Priority = changed.Value, changed.Priority
	return dns.ChangeSet{Replace: []dns.Replacement{{Old: old, New: now}}}, func() {
		m.foreign[now.Identity()] = now
		m.altered[now.Identity()] = old.Identity()
	}
}

// editSPF has somebody else change the SPF record of a name.
func (w *world) editSPF(zone []dns.Record) (dns.ChangeSet, func()) {
	m := w.model
	name := w.records.at(spfNames[w.random.IntN(len(spfNames))])
	term := strangerTerms[w.random.IntN(len(strangerTerms))]
	for _, r := range zone {
		if r.Name == name && r.Type == "CNAME" {
			return dns.ChangeSet{}, func() {}
		}
		if !isSPF(r) || r.Name != name {
			continue
		}
		if m.spf[name] != "" && w.random.IntN(5) == 0 {
			return dns.ChangeSet{Delete: []dns.Record{r}}, func() {
				delete(m.spf, name)
				for _, owned := range m.owned {
					m.bare[name] = m.bare[name] || len(termsAt(owned, name)) > 0
				}
			}
		}
		changed := r
		if without, found := withoutTerm(r.Value, term); found {
			changed.Value = without
		} else {
			head, all, _ := cutAll(r.Value)
			changed.Value = head + " " + term + all
		}
		text := changed.Value
		for _, owned := range m.owned {
			for _, ours := range termsAt(owned, name) {
				text, _ = withoutTerm(text, ours)
			}
		}
		for loose := range m.looseSPF[name] {
			text, _ = withoutTerm(text, loose)
		}
		if len(spfTerms(text)) == 0 {
			// The terms of ours are not taken out of such a record: it would say then that
			// nobody may send.
			return dns.ChangeSet{}, func() {}
		}
		return dns.ChangeSet{Replace: []dns.Replacement{{Old: r, New: changed}}}, func() { m.spf[name] = text }
	}
	r, err := dns.NewRecord(name, "TXT", "v=spf1  "+term+" "+[]string{"-all", "~all"}[w.random.IntN(2)])
	if err != nil {
		panic(err)
	}
	r.TTL = w.ttl(zone, r)
	return dns.ChangeSet{Create: []dns.Record{r}}, func() { m.spf[name] = r.Value }
}

// cutAll divides an SPF record before the blank before its "all".
func cutAll(text string) (head, all string, found bool) {
	i := strings.LastIndex(text, " ")
	if i < 0 || !strings.HasSuffix(text, "all") {
		return text, "", false
	}
	return text[:i], text[i:], true
}

func find(zone []dns.Record, id dns.Identity) dns.Record {
	i := slices.IndexFunc(zone, func(r dns.Record) bool { return r.Identity() == id })
	return zone[i]
}

func compareIdentities(a, b dns.Identity) int {
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
