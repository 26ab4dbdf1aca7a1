package yandexsim

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The targets of the records of domains that use the service.
const (
	mailHost = "mail.yandex.ru"
	mxHost   = "mx.yandex.net"
)

// NameServers are the name servers of domains that are delegated to the service.
var NameServers = []string{"dns1." + netZone, "dns2." + netZone}

// The results of a check. If several ways to verify a domain failed, their results are joined by a
// comma.
const (
	resultOK             = "ok"
	resultDomainNotFound = "domain-not-found"
	resultNoCNAME        = "no-cname"
	resultBadCNAME       = "bad-cname"
	resultNoFile         = "no-file"
	resultBadFile        = "bad-file"
	resultNoMX           = "mx-not-found"
	resultWrongMX        = "mx-wrong"
)

// registrationStatus is GET domain/registration_status. It starts a check unless one is under way,
// and returns the domain's status. If the check takes no time, that is the status after it.
func (s *Service) registrationStatus(c *call) (object, error) {
	now := s.config.Now()
	ended := false
	err := s.change(c, func(_ *State, d *Domain) error {
		if d.CheckDue.IsZero() {
			d.CheckDue = now.Add(c.behaviour.checkDelay)
		}
		ended = !d.CheckDue.After(now)
		return nil
	})
	if err == nil && ended {
		err = s.check(c.Context(), c.domain)
	}
	if err != nil {
		return nil, err
	}
	d, err := s.snapshot(c)
	if err != nil {
		return nil, err
	}
	answer := d.show()
	if !d.CheckedAt.IsZero() {
		answer["check_results"], answer["last_check"] = d.CheckResults, stamp(d.CheckedAt)
	}
	if next, scheduled := d.nextCheck(c.behaviour.recheck); scheduled {
		answer["next_check"] = stamp(next)
	}
	return answer, nil
}

// nextCheck is when the service checks a domain by itself.
func (d *Domain) nextCheck(every time.Duration) (next time.Time, scheduled bool) {
	last := d.CheckedAt
	if last.IsZero() {
		last = d.RegisteredAt
	}
	return last.Add(every), every > 0
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// recheck does the service's background work when the next call comes: it ends the checks that are
// due, and checks domains again whose last check or registration is too old.
func (s *Service) recheck(c *call) error {
	now := s.config.Now()
	var due []string
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			next, scheduled := d.nextCheck(c.behaviour.recheck)
			if !d.CheckDue.IsZero() && (!scheduled || d.CheckDue.Before(next)) {
				next, scheduled = d.CheckDue, true
			}
			if scheduled && !next.After(now) {
				due = append(due, d.Name)
			}
		}
		return nil
	})
	for _, name := range due {
		if err == nil {
			err = s.check(c.Context(), name)
		}
	}
	return err
}

// check looks a domain up and sets its status accordingly. Proven ownership stays proven, but MX
// records do not. A domain that was deleted meanwhile is left alone.
func (s *Service) check(ctx context.Context, name string) error {
	var before Domain
	err := s.view(func(st *State) error {
		if d := st.domain(name); d != nil {
			before = d.brief()
		}
		return nil
	})
	if err != nil || before.Name == "" {
		return err
	}
	look := s.look(ctx)
	delegated := look.isDelegated(name)
	if delegated && !before.Delegated {
		if err := s.takeOver(&before); err != nil {
			return err
		}
	}
	status, results := look.probe(&before, delegated)
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.update(func(st *State) error {
		d := st.domain(name)
		if d == nil || d.Registration != before.Registration {
			return nil
		}
		if status == StatusDomainActivate && d.Status != StatusDomainActivate {
			return nil // another check has seen more meanwhile
		}
		if !look.failed {
			d.Delegated = delegated
		}
		d.Status, d.CheckResults = status, results
		d.CheckedAt, d.CheckDue = s.config.Now(), time.Time{}
		return nil
	})
}

// look asks the DNS for several things that belong together. failed is whether none of them was
// answered.
type look struct {
	ctx    context.Context
	lookup func(ctx context.Context, name, recordType string) ([]string, error)
	failed bool
}

func (s *Service) look(ctx context.Context) *look { return &look{ctx: ctx, lookup: s.config.Lookup} }

// data returns the data in the DNS. If the DNS does not answer, there is none.
func (l *look) data(name, recordType string) []string {
	data, err := l.lookup(l.ctx, name, recordType)
	if err != nil {
		l.failed = true
		return nil
	}
	return data
}

// probe returns the status of a domain by its published records. Without an answer the status stays
// as it was.
func (l *look) probe(d *Domain, delegated bool) (status, results string) {
	status = d.Status
	if status == StatusDomainActivate {
		if results = l.ownership(d, delegated); results == resultOK {
			status = StatusMXActivate
		}
	}
	if status != StatusDomainActivate {
		if results = l.mailExchange(d.Name); results == resultOK {
			status = StatusAdded
		} else {
			status = StatusMXActivate
		}
	}
	if l.failed {
		return d.Status, resultDomainNotFound
	}
	return status, results
}

// isDelegated is whether the name servers of a domain are those of the service.
func (l *look) isDelegated(name string) bool {
	servers := l.data(name, "NS")
	return len(servers) > 0 && !slices.ContainsFunc(servers, func(server string) bool {
		return !slices.ContainsFunc(NameServers, func(own string) bool { return sameHost(own, server) })
	})
}

// ownership is whether a domain is verified in any of the three ways.
func (l *look) ownership(d *Domain, delegated bool) string {
	if delegated {
		return resultOK
	}
	if !l.exists(d.Name) {
		return resultDomainNotFound
	}
	name, _ := d.secrets()
	targets := l.data("yamail-"+name+"."+d.Name, "CNAME")
	if d.File == FileRight || slices.ContainsFunc(targets, func(target string) bool { return sameHost(target, mailHost) }) {
		return resultOK
	}
	cname, file := resultNoCNAME, resultNoFile
	if len(targets) > 0 {
		cname = resultBadCNAME
	}
	if d.File == FileWrong {
		file = resultBadFile
	}
	return cname + "," + file
}

// exists is whether a domain is in any zone below a top-level domain.
func (l *look) exists(name string) bool {
	for at := name; strings.Contains(at, "."); _, at, _ = strings.Cut(at, ".") {
		if len(l.data(at, "NS")) > 0 {
			return true
		}
	}
	return false
}

// mailExchange is whether mail for a domain goes to the service. The documentation does not say
// which other MX records it tolerates; here it tolerates those with a higher preference value.
func (l *look) mailExchange(name string) string {
	records := l.data(name, "MX")
	if len(records) == 0 {
		return resultNoMX
	}
	best, ours := -1, false
	for _, record := range records {
		first, host, _ := strings.Cut(record, " ")
		preference, err := strconv.Atoi(first)
		if err != nil {
			continue
		}
		mine := sameHost(host, mxHost)
		switch {
		case best < 0 || preference < best:
			best, ours = preference, mine
		case preference == best:
			ours = ours && mine
		}
	}
	if !ours {
		return resultWrongMX
	}
	return resultOK
}

func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}
