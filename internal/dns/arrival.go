package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Arrival is what the name servers of a zone answer about one record that was published in it.
type Arrival struct {
	Record Record
	// Lacking are the name servers that answered, but without the record.
	Lacking []Lack
	// Silent are the name servers that gave no answer, each with the reason.
	Silent []string
	// Err says why no server could be asked. The other fields have no meaning then.
	Err error
}

// Lack is what a name server answers instead of a record.
type Lack struct {
	// Server is the name server's name.
	Server string
	// Found are the values of the record set that the server has; empty if it has none.
	Found []string
	// Alias is the target of the CNAME that the server has instead.
	Alias string
}

// String says on one line what was found at which server.
func (l Lack) String() string {
	switch {
	case l.Alias != "":
		return fmt.Sprintf("%s (has a CNAME to %s)", l.Server, l.Alias)
	case len(l.Found) > 0:
		return fmt.Sprintf("%s (has %s)", l.Server, strings.Join(l.Found, ", "))
	}
	return l.Server + " (has none)"
}

// Arrived reports whether every name server that answers has the record.
func (a Arrival) Arrived() bool { return a.Err == nil && len(a.Lacking) == 0 }

// String says on one line which servers do not have the record yet.
func (a Arrival) String() string {
	if a.Err != nil {
		return fmt.Sprintf("%s: %s", a.Record, a.Err)
	}
	lacking := make([]string, len(a.Lacking))
	for i, l := range a.Lacking {
		lacking[i] = l.String()
	}
	return fmt.Sprintf("%s: not yet at %s", a.Record, strings.Join(lacking, ", "))
}

// Arrivals asks all name servers of a zone for records that were published in it, with one question
// for each record set and server. It looks only for these records and ignores others in the same
// record sets. It does not ask recursive resolvers, because they would cache that a name does not
// exist yet.
func (l *Lookup) Arrivals(ctx context.Context, zone Zone, records []Record) []Arrival {
	answers := map[SetKey]func() (*Authority, error){}
	for _, r := range records {
		if answers[r.SetKey()] == nil {
			answers[r.SetKey()] = l.ask(ctx, zone, r.SetKey())
		}
	}
	arrivals := make([]Arrival, len(records))
	for i, r := range records {
		authority, err := answers[r.SetKey()]()
		arrivals[i] = arrivalOf(r, authority, err)
	}
	return arrivals
}

// ask sends a question and returns a function that waits for its answer.
func (l *Lookup) ask(ctx context.Context, zone Zone, key SetKey) func() (*Authority, error) {
	type reply struct {
		authority *Authority
		err       error
	}
	replies := make(chan reply, 1)
	go func() {
		qtype, known := miekg.StringToType[key.Type]
		if !known {
			replies <- reply{err: fmt.Errorf("the DNS has no type %s, so that nobody can be asked for it", key.Type)}
			return
		}
		authority, err := l.AskServers(ctx, zone, key.Name, qtype)
		replies <- reply{authority, err}
	}()
	var got *reply
	return func() (*Authority, error) {
		if got == nil {
			r := <-replies
			got = &r
		}
		return got.authority, got.err
	}
}

func arrivalOf(r Record, authority *Authority, err error) Arrival {
	a := Arrival{Record: r, Err: err}
	if err != nil {
		return a
	}
	for _, answer := range authority.Answers {
		switch {
		case answer.Err != nil:
			a.Silent = append(a.Silent, fmt.Sprintf("%s (%s)", answer.Server, answer.Err))
		case !slices.ContainsFunc(answer.Records, func(rr miekg.RR) bool { return serves(rr, r) }):
			a.Lacking = append(a.Lacking, lackOf(answer))
		}
	}
	if len(a.Silent) == len(authority.Answers) {
		a.Err = errors.New("no name server answers: " + strings.Join(a.Silent, "; "))
	}
	return a
}

func lackOf(answer ServerAnswer) Lack {
	l := Lack{Server: answer.Server, Alias: answer.Alias}
	for _, rr := range answer.Records {
		if r, err := RecordFromWire(rr); err == nil {
			l.Found = append(l.Found, strings.TrimPrefix(r.String(), r.Name+" "+r.Type+" "))
		}
	}
	return l
}

// serves reports whether a record in a server's answer is the published one. An SPF record may have
// got more mechanisms since.
func serves(rr miekg.RR, r Record) bool {
	got, err := RecordFromWire(rr)
	if err != nil || got.Type != r.Type {
		return false
	}
	if r.isSPF() && got.isSPF() {
		contained, err := mailrecord.ContainsSPF(got.Value, r.Value)
		return err == nil && contained
	}
	got.Name = r.Name // a server may answer in another case, or with a wildcard's name
	return Equivalent(r, got)
}
