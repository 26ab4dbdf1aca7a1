package check

// Status is the outcome of one check.
type Status string

// The values of a Status. These texts are in JSON and in attributes, and stay as they are.
const (
	Pass    Status = "pass"    // what was found is right
	Warn    Status = "warn"    // mail works, but something should be changed
	Fail    Status = "fail"    // something is wrong: mail is lost, refused or not protected
	Info    Status = "info"    // something that one may want to know or use
	Skip    Status = "skip"    // the check does not apply to the domain, or needs what the options do not give
	Unknown Status = "unknown" // could not look: a server did not answer, or a port is blocked
)

// rank orders statuses: where a check looks at several things, the outcome with the highest rank is
// the check's. What could not be looked at ranks below what was seen to be wrong.
func (s Status) rank() int {
	switch s {
	case Fail:
		return 5
	case Warn:
		return 4
	case Unknown:
		return 3
	case Info:
		return 2
	case Pass:
		return 1
	}
	return 0
}

// Severity says how much a failure matters.
type Severity string

// The values of a Severity, from the highest on. These texts are in JSON and in attributes, and
// stay as they are.
const (
	Critical Severity = "critical" // mail is lost or refused
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Severities lists the severities from the highest to the lowest.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

// AtLeast reports whether a severity is the other one or a higher one.
func (s Severity) AtLeast(other Severity) bool { return s.rank() >= other.rank() }

func (s Severity) rank() int {
	for i, known := range Severities() {
		if s == known {
			return len(Severities()) - i
		}
	}
	return 0
}

// Need is what a check needs besides the DNS.
type Need string

// The values of a Need.
const (
	NeedsHTTPS      Need = "https"      // connects to a web server of the domain
	NeedsValidation Need = "validation" // a resolver that validates DNSSEC, and that is trusted
	NeedsSMTP       Need = "smtp"       // connects to port 25 of the domain's mail servers
	NeedsInput      Need = "input"      // an option, such as the DKIM selectors
)

// Entry is one check of the catalogue.
type Entry struct {
	// ID identifies the check, such as "spf_lookups". It never changes.
	ID string `json:"id"`
	// Title names the check for people, in a few words such as "DNS lookups of SPF". It may change.
	Title string `json:"title"`
	// Group is what the check is about, such as "spf".
	Group string `json:"group"`
	// Severity is that of a failure. Where the failures of a check differ, it is the highest.
	Severity Severity `json:"severity"`
	// Needs are what the check needs besides the DNS; nil if that is all.
	Needs []Need `json:"needs,omitempty"`
	// Rule says in one sentence what is right.
	Rule string `json:"rule"`
	// Why says in one sentence why it matters.
	Why string `json:"why"`
	// Source is where that is written, such as "RFC 7208 section 4.6.4".
	Source string `json:"source"`
}

// Result is the outcome of one check for one domain.
type Result struct {
	// ID, Title and Group are those of the catalogue's entry.
	ID    string `json:"id"`
	Title string `json:"title"`
	Group string `json:"group"`
	// Status is the outcome.
	Status Status `json:"status"`
	// Severity is that of this outcome. It may be lower than the entry's.
	Severity Severity `json:"severity"`
	// Found says what is there, or why it could not be seen. It may quote what strangers wrote.
	Found string `json:"found"`
	// Cause is why it could not be seen, in the same words for all checks that could not look for the
	// same cause; "" for other outcomes, and where the check alone knows.
	Cause string `json:"cause,omitempty"`
	// Expected says what should be there; "" if the status is pass, info or skip.
	Expected string `json:"expected,omitempty"`
	// Why and Source are those of the catalogue's entry.
	Why    string `json:"why"`
	Source string `json:"source"`
}
