package dns

import (
	"context"
	"fmt"
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// check finds out what only the DNS can tell about a planned change. d is the zone after the
// change. An error means that the context ended.
func (e *Editor) check(ctx context.Context, d *draft, p Publication, planned PlannedChange) ([]Problem, error) {
	if e.options.Lookup == nil {
		return nil, nil
	}
	lookup := e.zoneFirst(d)
	var problems []Problem
	for _, change := range planned.spf {
		found, err := checkSPF(ctx, lookup, change, p.AllowSPFLookups)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	for _, target := range planned.mx {
		if problem := checkMXTarget(ctx, lookup, target); problem.Summary != "" {
			problems = append(problems, problem)
		}
	}
	for _, target := range planned.reports {
		if problem := checkReportTarget(ctx, lookup, target); problem.Summary != "" {
			problems = append(problems, problem)
		}
	}
	return problems, ctx.Err()
}

// zoneFirst answers from the zone after the change for names in that zone: the DNS does not have
// them yet, and resolvers must not cache that they are missing. Other names are looked up once in
// the life of the editor.
func (e *Editor) zoneFirst(d *draft) mailrecord.SPFLookupFunc {
	return func(ctx context.Context, name, recordType string) ([]string, error) {
		_, handedOver := d.cut(name)
		if d.base.Zone.Holds(name) && !handedOver && d.base.tells(name) {
			values, alias := d.values(name, recordType)
			if alias == "" || d.base.Zone.Holds(alias) {
				return values, nil
			}
			name = alias
		}
		return e.lookups.Get(ctx, recordType+" "+name, func(ctx context.Context) ([]string, error) {
			return e.options.Lookup(ctx, name, recordType)
		})
	}
}

// values returns the data of a record set and follows aliases within the zone. alias is the target
// if an alias leaves the zone.
func (d *draft) values(name, recordType string) (values []string, alias string) {
	for range len(d.base.Records) + 1 {
		types := []string{recordType}
		if recordType == "A" {
			types = []string{"A", "AAAA", "ALIAS"}
		}
		entries := d.at(name)
		if len(entries) == 0 {
			if above, missing := d.encloser(name); len(missing) > 0 {
				entries = d.at("*." + above)
			}
		}
		for _, e := range entries {
			if slices.Contains(types, e.record.Type) {
				values = append(values, e.record.Value)
			}
			if e.record.Type == "CNAME" {
				alias = e.record.Value
			}
		}
		if values != nil || alias == "" || recordType == "CNAME" || !d.base.Zone.Holds(alias) {
			return values, alias
		}
		name, alias = alias, ""
	}
	return nil, "" // aliases in a circle
}

func checkSPF(ctx context.Context, lookup mailrecord.SPFLookupFunc, change spfChange, allowed bool) ([]Problem, error) {
	var before mailrecord.SPFLookups
	if change.before != "" {
		var err error
		if before, err = mailrecord.CountSPFLookups(ctx, change.name, change.before, lookup); err != nil {
			return nil, err
		}
	}
	after, err := mailrecord.CountSPFLookups(ctx, change.name, change.after, lookup)
	if err != nil {
		return nil, err
	}
	problem := func(severity Severity, summary, text string) Problem {
		return Problem{Severity: severity, Key: change.key, Summary: summary, Detail: change.name + ": " + text + "."}
	}
	var problems []Problem
	if err := mailrecord.CheckSPFLookups(before, after); err != nil && !allowed {
		return []Problem{problem(Error, "Too many SPF lookups", fmt.Sprintf("%v. If this is wanted all the same, set allow_excess_spf_lookups = true", err))}, nil
	}
	for _, warning := range after.Warnings {
		if !slices.Contains(before.Warnings, warning) {
			problems = append(problems, problem(Warning, "Questionable SPF record", warning))
		}
	}
	return problems, nil
}

// checkMXTarget checks the host of an MX record outside the zone. That host belongs to others and
// may be about to appear, so every problem is a warning.
func checkMXTarget(ctx context.Context, lookup mailrecord.SPFLookupFunc, target mxTarget) Problem {
	host := target.record.Value
	problem := Problem{Severity: Warning, Key: target.key}
	addresses, err := lookup(ctx, host, "A")
	if err != nil {
		problem.Summary = "MX target not checked"
		problem.Detail = fmt.Sprintf("%s: whether %s has an address could not be found out: %v.", target.record, host, err)
		return problem
	}
	if len(addresses) == 0 {
		problem.Summary = "MX target has no address"
		problem.Detail = fmt.Sprintf("%s: the DNS knows no address of %s, so no mail can be delivered as long as it has none.", target.record, host)
		return problem
	}
	if aliases, err := lookup(ctx, host, "CNAME"); err == nil && len(aliases) > 0 {
		problem.Summary = "MX target is a CNAME"
		problem.Detail = fmt.Sprintf("%s: %s is an alias of %s, and the target of an MX has to have addresses of its own (RFC 2181 section 10.3). Some senders will not deliver.", target.record, host, aliases[0])
		return problem
	}
	return Problem{}
}

// checkReportTarget checks whether a receiver of DMARC reports has agreed to receive them (RFC
// 9990). If this cannot be found out, it says nothing: no mail depends on it.
func checkReportTarget(ctx context.Context, lookup mailrecord.SPFLookupFunc, target reportTarget) Problem {
	texts, err := lookup(ctx, target.name, "TXT")
	if err != nil || slices.ContainsFunc(texts, mailrecord.IsDMARC) {
		return Problem{}
	}
	return Problem{Severity: Warning, Key: target.key, Summary: "DMARC reports not agreed to", Detail: fmt.Sprintf(
		"%s asks for reports at an address in another domain. They are not sent until that domain publishes the TXT record \"v=DMARC1;\" at %s.",
		target.policy, target.name)}
}

// Values asks the resolvers for the values of a record set, as [EditorOptions] needs them: for
// "TXT" the joined texts, for "MX" and "CNAME" the targets, for "A" the addresses of both families.
// It follows aliases. No values and no error mean that there are none.
func (l *Lookup) Values(ctx context.Context, name, recordType string) ([]string, error) {
	types := []uint16{miekg.StringToType[recordType]}
	if recordType == "A" {
		types = []uint16{miekg.TypeA, miekg.TypeAAAA}
	}
	var values []string
	for _, qtype := range types {
		answer, err := l.Recursive(ctx, name, qtype)
		if err != nil {
			return nil, err
		}
		for _, rr := range answer.Records {
			r, err := RecordFromWire(rr)
			if err != nil {
				return nil, err
			}
			values = append(values, r.Value)
		}
	}
	return values, nil
}
