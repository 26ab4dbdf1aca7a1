package namecheapapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// InterferenceError is a zone that Namecheap said it has written, but that differs from what was
// sent: somebody else wrote it at the same time, or Namecheap does not keep what it accepts.
//
// It matches api.ErrOutcomeUnknown, because only a look at each record shows which part of the
// change exists, and dns.ErrInterference.
type InterferenceError struct {
	// Zone is the apex.
	Zone string
	// Missing are records that were sent and do not exist: those of the change, and existing ones
	// of others.
	Missing []dns.Record
	// Unexpected are records that exist and were not sent.
	Unexpected []dns.Record
	// EmailType and SentEmailType are the present mail setting and the one that was sent, if they
	// differ.
	EmailType, SentEmailType string
}

// Error lists the records, and says how to restore what was lost.
func (e *InterferenceError) Error() string {
	d := difference{gone: e.Missing, added: e.Unexpected, emailBefore: e.SentEmailType, emailNow: e.EmailType}
	text := fmt.Sprintf("%s: %s %s: Namecheap accepted the change, but the zone is not what was sent: %s. "+
		"Either somebody else wrote the zone at the same time, and this write and theirs undid parts of each other; or Namecheap does not keep such records.",
		service, writeOp, e.Zone, d)
	if len(e.Missing) > 0 {
		text += " What is missing and is not of this configuration has to be restored by its owner, from this list. Applying again restores what is of this configuration."
	}
	if e.keptPreference() {
		text += " Namecheap is known to ignore a changed preference of an MX record: remove the record, apply, and add it again."
	}
	return text
}

// Is makes the error match api.ErrOutcomeUnknown and dns.ErrInterference.
func (e *InterferenceError) Is(target error) bool {
	return target == api.ErrOutcomeUnknown || target == dns.ErrInterference
}

// keptPreference is whether an MX record exists with another preference than was sent.
func (e *InterferenceError) keptPreference() bool {
	return slices.ContainsFunc(e.Missing, func(sent dns.Record) bool {
		return sent.Type == "MX" && slices.ContainsFunc(e.Unexpected, func(r dns.Record) bool {
			return r.SetKey() == sent.SetKey() && r.Value == sent.Value
		})
	})
}

// interference compares a zone with what was sent. An additional record harms nobody: it came after
// the write.
func interference(before, sent, now *zoneState) error {
	d := compare(sent, now)
	// If a record that the write deleted is back, somebody has written it without having seen the
	// deletion.
	revived := slices.ContainsFunc(d.added, func(r dns.Record) bool {
		return before.copies(r) > sent.copies(r) && now.copies(r) > sent.copies(r)
	})
	if len(d.gone) == 0 && !revived && d.emailBefore == d.emailNow {
		return nil
	}
	return &InterferenceError{Zone: sent.apex, Missing: d.gone, Unexpected: d.added, SentEmailType: d.emailBefore, EmailType: d.emailNow}
}

// difference is what one state of a zone has and another one lacks.
type difference struct {
	gone, added           []dns.Record
	emailBefore, emailNow string // both empty if they are the same
}

func (d difference) none() bool {
	return len(d.gone) == 0 && len(d.added) == 0 && d.emailBefore == d.emailNow
}

// String lists the records, each with its TTL.
func (d difference) String() string {
	var parts []string
	list := func(what string, records []dns.Record) {
		var texts []string
		for _, r := range records {
			texts = append(texts, fmt.Sprintf("%s (TTL %d)", r, r.TTL))
		}
		if texts != nil {
			parts = append(parts, what+" "+strings.Join(texts, ", "))
		}
	}
	list("missing", d.gone)
	list("there instead, or besides,", d.added)
	if d.emailBefore != d.emailNow {
		parts = append(parts, fmt.Sprintf("the mail setting (EmailType) is %q and not %q", d.emailNow, d.emailBefore))
	}
	return strings.Join(parts, "; ")
}

// compare finds the changes from one state of a zone to another. Twins count. The order and the
// ids, which every write changes, do not.
func compare(before, now *zoneState) difference {
	var d difference
	d.gone, d.added = missing(before, now), missing(now, before)
	if setting(before) != setting(now) {
		d.emailBefore, d.emailNow = before.emailType, now.emailType
	}
	return d
}

func setting(z *zoneState) string {
	if z.emailType == "" {
		return emailNone
	}
	return z.emailType
}

// missing returns the records of one state that another one lacks.
func missing(from, in *zoneState) []dns.Record {
	left := map[dns.Record]int{}
	for _, h := range in.hosts {
		left[h.content(in.apex)]++
	}
	var records []dns.Record
	for _, h := range from.hosts {
		r := h.content(from.apex)
		if left[r]--; left[r] < 0 {
			records = append(records, r)
		}
	}
	return records
}

// copies returns how many records of a zone are the same except for their TTL.
func (z *zoneState) copies(r dns.Record) int {
	n := 0
	for _, h := range z.hosts {
		if h.record(z.apex).Identity() == r.Identity() {
			n++
		}
	}
	return n
}

// content is a record without its id, for comparisons.
func (h host) content(apex string) dns.Record {
	r := h.record(apex)
	r.ID = ""
	return r
}
