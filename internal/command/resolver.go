package command

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

const noResolver = "no DNS resolver answered"

var (
	// An error of a lookup names the attribute of the provider's configuration, the question and the
	// sockets. None of them helps the person at a terminal.
	resolverDetails = regexp.MustCompile(`(?s)` + noResolver + `.*`)
	resolverAsked   = regexp.MustCompile(`asking (\S+) for \S+ \S+: ([^\n;]*)`)
	// What stands between "could not look" and the reason only says which question failed first.
	resolverWhole = regexp.MustCompile(`(?s)^could not look: [^;]*?` + noResolver + `$`)
)

// resolverErrors shortens the errors of lookups that no resolver answered: a report has one in each
// check.
type resolverErrors struct{ first string } // the details of the first error; "" if there was none

func (e *resolverErrors) shorten(text *string) {
	details := resolverDetails.FindString(*text)
	if details == "" {
		return
	}
	if e.first == "" {
		e.first = details
	}
	*text = resolverDetails.ReplaceAllString(*text, noResolver)
	if resolverWhole.MatchString(*text) {
		*text = "could not look: " + noResolver
	}
}

// shortenIn shortens the errors in a report of one domain. It changes no text in which the contents of
// a record may be.
func (e *resolverErrors) shortenIn(r *check.Report) {
	for i := range r.Results {
		if r.Results[i].Status == check.Unknown {
			e.shorten(&r.Results[i].Found)
		}
	}
	for i := range r.DKIM {
		if r.DKIM[i].Type == "" {
			e.shorten(&r.DKIM[i].Problem)
		}
	}
}

// shortenInAll shortens the errors in a report of all domains.
func (e *resolverErrors) shortenInAll(all *estate.Estate) {
	for _, d := range all.Domains {
		if d.Check != nil {
			e.shortenIn(d.Check)
		}
		for _, r := range d.Records {
			if r.Presence == estate.Unknown {
				e.shorten(&r.Problem)
			}
		}
	}
}

// sentence says what happened and what to do; "" if there was no such error.
func (e *resolverErrors) sentence() string {
	if e.first == "" {
		return ""
	}
	return resolverSentence(e.first)
}

func resolverSentence(details string) string {
	var asked []string
	reason := ""
	seen := map[string]bool{}
	for _, found := range resolverAsked.FindAllStringSubmatch(details, -1) {
		if !seen[found[1]] {
			seen[found[1]] = true
			asked = append(asked, found[1])
		}
		if words := strings.TrimRight(found[2], ")."); reason == "" && !strings.HasSuffix(words, "…") {
			reason = "; " + words
		}
	}
	if asked == nil {
		return noResolver + ". Name one with --resolver"
	}
	return fmt.Sprintf("%s (asked: %s%s). Name another one with --resolver", noResolver, strings.Join(asked, ", "), reason)
}
