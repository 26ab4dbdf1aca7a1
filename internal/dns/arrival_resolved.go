package dns

import (
	"context"
	"fmt"
	"slices"
	"sync"

	miekg "github.com/miekg/dns"
)

// Resolved is [Lookup.Arrivals] for those who cannot reach the name servers: it asks the resolvers,
// with one question for each record set. Their answers may come from a cache. What a resolver says
// about an alias's target counts as the answer for the alias, as it does for receivers of mail.
func (l *Lookup) Resolved(ctx context.Context, records []Record) []Arrival {
	type answered struct {
		answer *Answer
		err    error
	}
	answers := map[SetKey]*answered{}
	var asking sync.WaitGroup
	for _, r := range records {
		key := r.SetKey()
		if answers[key] != nil {
			continue
		}
		a := new(answered)
		answers[key] = a
		asking.Go(func() {
			qtype, known := miekg.StringToType[key.Type]
			if !known {
				a.err = fmt.Errorf("the DNS has no type %s, so that nobody can be asked for it", key.Type)
				return
			}
			a.answer, a.err = l.Recursive(ctx, key.Name, qtype)
		})
	}
	asking.Wait()
	arrivals := make([]Arrival, len(records))
	for i, r := range records {
		a := answers[r.SetKey()]
		arrivals[i] = Arrival{Record: r, Err: a.err}
		if a.err != nil || slices.ContainsFunc(a.answer.Records, func(rr miekg.RR) bool { return serves(rr, r) }) {
			continue
		}
		said := ServerAnswer{Server: "the resolver " + a.answer.Resolver, Records: a.answer.Records}
		if len(a.answer.Aliases) > 0 {
			said.Alias = a.answer.Aliases[0]
		}
		arrivals[i].Lacking = []Lack{lackOf(said)}
	}
	return arrivals
}
