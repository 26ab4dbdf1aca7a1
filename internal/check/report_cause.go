package check

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// noResolver is the cause where no resolver answered, and how the error of such a lookup begins.
const noResolver = "no DNS resolver answered"

var (
	// beforeCause is what stands before the error of a lookup: what was looked for. It begins with words
	// of this program, so that nothing that a server said is taken for a cause.
	beforeCause = regexp.MustCompile(`^(?:could not look|looking)\b[^"]*?: (` + noResolver + `|DNS resolver \S+ answered |asking \S+ for |no answer in time)`)
	// notInTime is the error of a question to a resolver that the end of the run interrupted.
	notInTime = regexp.MustCompile(`^(?:asking \S+ for \S+ \S+: )?no answer in time`)
	refusal   = regexp.MustCompile(`^DNS resolver \S+ answered ([A-Z0-9]+) to \S+ (\S+?)[.:]?(?:\s|$)`)
)

// Cause returns why something about a domain could not be looked at, as a sentence that does not depend
// on which of several questions failed; "" if the text names no cause that others could have too. The
// text is the Found of a [Result] that is [Unknown], or the error of a lookup. Failed lookups have the
// same cause if all of them are about the domain and the names below it.
func Cause(text, domain string) string {
	cause := beforeCause.ReplaceAllString(text, "$1")
	if strings.HasPrefix(cause, noResolver) {
		return noResolver
	}
	if notInTime.MatchString(cause) {
		return "the DNS did not answer in time"
	}
	if found := refusal.FindStringSubmatch(cause); found != nil {
		zone := strings.TrimSuffix(strings.ToLower(found[2]), ".")
		if zone == domain || strings.HasSuffix(zone, "."+domain) {
			zone = domain
		}
		if found[1] == "SERVFAIL" {
			return fmt.Sprintf("the name servers of %s do not answer, or not as they should: the resolver says SERVFAIL", zone)
		}
		return fmt.Sprintf("the resolver answers %s to questions about %s", found[1], zone)
	}
	return ""
}

// setCauses notes the cause of each result that is unknown.
func (r *Report) setCauses() {
	blind := r.Questions > 0 && r.Answers == 0
	connect, _ := r.Result("smtp_connect")
	silent := slices.ContainsFunc(r.Results, func(result Result) bool { return Cause(result.Found, r.Domain) == noResolver })
	for i, result := range r.Results {
		if result.Status != Unknown {
			continue
		}
		cause := Cause(result.Found, r.Domain)
		switch {
		case blind && silent && cause != "":
			cause = noResolver // the run ended while some questions were still open
		case cause == "" && result.Group == connect.Group && connect.Status == Unknown:
			cause = connect.Found // without a connection, nothing else of the mail servers can be seen
		}
		r.Results[i].Cause = cause
	}
}

// Block is one result, or several results that are unknown for the same cause.
type Block struct {
	// Result is the result. If there are others with its cause, Found is the cause, and the rest is
	// that of the first one.
	Result
	// Also are the IDs of the others with the same cause.
	Also []string
}

// Blocks joins the results that are unknown for the same cause, each at the place of the first of them.
func Blocks(results []Result) []Block {
	var all []Block
	known := map[string]int{}
	for _, result := range results {
		if result.Status != Unknown {
			all = append(all, Block{Result: result})
			continue
		}
		cause := cmp.Or(result.Cause, result.Found)
		i, again := known[cause]
		if !again {
			known[cause] = len(all)
			all = append(all, Block{Result: result})
			continue
		}
		all[i].Also = append(all[i].Also, result.ID)
		all[i].Found, all[i].Expected = cause, ""
	}
	return all
}

// MainCause says why most of the results that are unknown could not be looked at; "" if none is unknown.
func (r Report) MainCause() string {
	most := Block{}
	for _, b := range Blocks(r.With(Unknown)) {
		if most.ID == "" || len(b.Also) > len(most.Also) {
			most = b
		}
	}
	return cmp.Or(most.Cause, most.Found)
}

// SkippedBecause lists the reasons for which checks were skipped, each once.
func (r Report) SkippedBecause() []string {
	var reasons []string
	for _, result := range r.With(Skip) {
		if !slices.Contains(reasons, result.Found) {
			reasons = append(reasons, result.Found)
		}
	}
	return reasons
}

// oneLine joins the lines of an error that has several, without lines that say the same.
func oneLine(text string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	var parts []string
	for _, part := range strings.Split(text, "\n") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}
