package dns

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// commentStart begins the comment of each record that this provider has published, at hosts that
// keep comments.
const commentStart = "Published by terraform-provider-postmaster "

// CommentOf returns the comment for the records of a publication, for a host that keeps comments.
// It depends only on the wanted records. So it distinguishes a record that a killed run has
// published from a record of somebody else or of another resource.
func CommentOf(wanted []Wanted) string {
	sum := sha256.Sum256([]byte(nameless(wanted)))
	return commentStart + hex.EncodeToString(sum[:4])
}

// Marked reports whether a comment is one that this provider writes.
func Marked(comment string) bool { return strings.HasPrefix(comment, commentStart) }

// preexisting reports whether the record at an entry was there before this publication: no known
// owner has published it, and no earlier run of this provider. A record that this publication makes
// out of another one was not there, whatever stood in its place before. For SPF records,
// Published.SPF tells this for each mechanism.
func (pl *planner) preexisting(w Wanted, e *entry) bool {
	if pl.pub.Adopt || pl.written(e) || w.Record.isSPF() {
		return false
	}
	known := false
	for i, own := range pl.own {
		if own == e {
			known = true
			if !pl.pub.Previous[i].Preexisting {
				return false
			}
		}
	}
	// A record with our comment was published by a run that ended before it could save its state.
	return e.record.Comment != CommentOf(pl.pub.Wanted) && (known || !pl.others.owns(e.record))
}

// warnOfPreexisting names the records that are there already and will be used.
func (pl *planner) warnOfPreexisting() {
	var lines []string
	var first Wanted
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if e == nil || slices.Contains(pl.own, e) || !pl.preexisting(w, e) {
			continue
		}
		if lines == nil {
			first = w
		}
		lines = append(lines, e.record.String())
	}
	if lines == nil {
		return
	}
	pl.unattributed = true
	pl.problem(Warning, first.Key, fmt.Sprintf("%s %s is there already%s", first.Record.Name, first.Record.Type, andMore(len(lines)-1)),
		"The zone %s has already what is wanted here: %s. Somebody else has published it, or a run that ended before it could save its state. It is used as it is, and stays when this resource is destroyed. "+
			"To have this resource manage it from now on, set adopt_existing = true.", pl.base.Zone.Apex, strings.Join(lines, "; "))
}

// andMore ends a summary that names the first of several records.
func andMore(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", n)
}

// unproxyAliases switches the host's proxy and flattening off for wanted CNAMEs, because nobody who
// verifies them finds them behind either. If the CNAME is somebody else's, the plan names it as a
// record that changes.
func (pl *planner) unproxyAliases() {
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if e == nil || !e.record.aliasHidden() {
			continue
		}
		how := e.record.hiddenBy()
		if pl.preexisting(w, e) {
			if pl.pub.Approved != nil && !pl.approved(e) {
				pl.problem(Error, w.Key, changedSincePlan,
					"%s %s. To switch that off was not in the plan. Nothing was changed; plan again.", e.record, how)
				continue
			}
			pl.displaced = append(pl.displaced, e.record.Identity())
		}
		summary, off := "Proxied CNAME", "The proxy"
		if !e.record.Proxied {
			summary, off = "Flattened CNAME", "The flattening"
		}
		pl.unproxy(e)
		pl.problem(Warning, w.Key, summary, "%s %s. %s is switched off for it.", e.record, how, off)
	}
}
