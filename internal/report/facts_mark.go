package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
)

// A fact never looks better than what the checks say about it. So its mark is the worst outcome of
// these checks, or what the fact itself tells if they were not all made.

// worse returns the worse of two outcomes. What does not apply and what is a note only is no worse than
// what passes.
func worse(a, b check.Status) check.Status {
	for _, status := range []check.Status{check.Fail, check.Warn, check.Unknown, check.Pass} {
		if a == status || b == status {
			return status
		}
	}
	return a
}

// judgement is the worst outcome of the checks that are chosen; "" if none of them was made.
func judgement(r *check.Report, chosen func(check.Result) bool) check.Status {
	var found check.Status
	for _, result := range r.Results {
		if !chosen(result) {
			continue
		}
		switch result.Status {
		case check.Skip:
		case check.Info:
			found = worse(found, check.Pass)
		default:
			found = worse(found, result.Status)
		}
	}
	return found
}

func inGroup(group string) func(check.Result) bool {
	return func(r check.Result) bool { return r.Group == group }
}

// judged gives the first line of a section the mark of a group of checks. Where there is no fact because
// something is wrong, such as two records in place of one, the section says that instead.
func judged(lines []line, r *check.Report, group string) []line {
	if len(lines) > 0 {
		judgement := judgement(r, inGroup(group))
		lines[0].Status = worse(lines[0].Status, judgement)
		if judgement == "" && slices.ContainsFunc(r.Results, inGroup(group)) {
			lines[0].Status = "" // none of the checks could begin
		}
		return lines
	}
	for _, result := range r.Urgent() {
		if result.Group == group && result.Status != check.Unknown {
			return []line{{Status: result.Status, Note: fmt.Sprintf("%s: %s", result.Title, cut(result.Found, longestText))}}
		}
	}
	return nil
}

// speaksOf reports whether what a check found is about a name. Checks of several hosts or keys name
// those that are as bad as the worst of them.
func speaksOf(found, name string) bool {
	return strings.Contains(" "+strings.ToLower(found), " "+strings.ToLower(name))
}

// shortKey is the length below which a check of RSA keys warns.
const shortKey = 2048

// keyStatus is the mark of a DKIM key. What the checks say about one of several keys is only in their
// texts, so the fact counts too.
func keyStatus(k check.DKIMKey, r *check.Report) check.Status {
	own := check.Pass
	switch {
	case strings.HasPrefix(k.Problem, "could not look"):
		own = check.Unknown
	case k.Problem != "" || k.Revoked:
		own = check.Fail
	case k.Testing || k.Type == "rsa" && k.Bits < shortKey:
		own = check.Warn
	}
	if len(r.DKIM) == 1 {
		if status := judgement(r, inGroup("dkim")); status != "" {
			return status
		}
		return own
	}
	return worse(own, judgement(r, func(result check.Result) bool {
		return result.Group == "dkim" && speaksOf(result.Found, k.Selector+".")
	}))
}

const mailPort = 25

// servedStatus is the mark of a certificate that a host showed.
func servedStatus(c check.Certificate, r *check.Report) check.Status {
	own := certificateStatus(c.DaysLeft)
	checks := []string{"sts_fetch"}
	if c.Port == mailPort {
		checks = []string{"smtp_cert", "smtp_expiry"}
	}
	if c.Problem != "" && own != check.Fail {
		own = check.Warn // most senders deliver all the same
		if c.Port != mailPort {
			own = check.Fail
		}
	}
	return worse(own, judgement(r, func(result check.Result) bool {
		return slices.Contains(checks, result.ID) && speaksOf(result.Found, c.Host)
	}))
}
