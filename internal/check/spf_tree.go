package check

import (
	"fmt"
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// The limits of a tree. Records that include each other, or thousands of others, must not make a run
// ask without end.
const (
	maxSPFAsked   = 64 // terms that are looked up
	maxSPFDepth   = 11 // records below each other; receivers give up at the eleventh
	maxShownTerms = 50
)

// spfTree is an SPF record with the records that it includes.
type spfTree struct {
	root *SPFRecord
	// loops and voids say which terms include a record above them, and which find nothing; unsure
	// what could not be looked up.
	loops, voids, unsure []string
	// everybody are the terms that permit all senders, as sentences; networks are those that pass;
	// unseen says why it is not known which large networks do.
	everybody []string
	networks  []spfNetwork
	unseen    error
	// varying are the terms whose name depends on the sender; records among them are in varyingRecords.
	varying, varyingRecords []string
	includes, mxLimit, ptr  tally
	// dead is about terms that receivers ignore, in each record whose senders should pass.
	dead tally
	// end is what the record says of everybody else.
	end spfEnd
	// asked is how many terms were looked up.
	asked int
}

// spfEnd is how an SPF record ends, with redirects followed.
type spfEnd struct {
	domain string // whose record ends so
	all    string // such as "-all"; "" if there is none
	why    string // why there is none
	unsure error  // why it is not known
	varies bool   // it depends on the sender
}

// spfNode is a record that is to be followed.
type spfNode struct {
	shown   *SPFRecord
	record  mailrecord.SPF
	above   *spfNode // that includes it; nil for the root
	depth   int
	permits bool // a match of this record is a pass
	ends    bool // the record's end is that of the root: it is reached by redirects only
}

// growSPF follows a record. All lookups of one level are made at the same time.
func (r *run) growSPF(domain, text string, record mailrecord.SPF) spfTree {
	tree := spfTree{root: &SPFRecord{Domain: domain, Text: shortened(text, maxText)}}
	level := []*spfNode{{shown: tree.root, record: record, permits: true, ends: true}}
	for len(level) > 0 {
		var steps []*spfStep
		for _, node := range level {
			steps = append(steps, tree.stepsOf(node)...)
		}
		each(steps, func(s *spfStep) struct{} {
			r.takeSPFStep(s)
			return struct{}{}
		})
		level = nil
		for _, s := range steps {
			if next := tree.evaluate(s); next != nil {
				level = append(level, next)
			}
		}
	}
	tree.root.Lookups, tree.root.AtLeast = tree.root.count()
	return tree
}

// spfStep is one term of a record, and what its lookup found.
type spfStep struct {
	node  *spfNode
	term  mailrecord.SPFTerm
	shown *SPFTerm // nil beyond maxShownTerms
	name  string   // which is looked up; "" if the term causes no lookup here
	texts []string // of include and redirect
	reply reply
	host  host   // of a
	hosts []host // of an mx that permits large networks
}

// stepsOf lists the terms that receivers evaluate, and notes what can be said without a lookup.
func (t *spfTree) stepsOf(node *spfNode) []*spfStep {
	all := node.record.All()
	if node.permits {
		t.dead.add(deadTerms(node.shown.Domain, node.record))
	}
	if node.ends {
		t.end = spfEnd{domain: node.shown.Domain, all: all, why: "the record of " + node.shown.Domain + " has neither all nor redirect"}
	}
	var steps []*spfStep
	reached := true
	for _, term := range node.record.Terms {
		redirect := term.Qualifier == 0 && term.Name == "redirect"
		if term.Qualifier == 0 && !redirect || term.Qualifier != 0 && !reached || redirect && all != "" {
			continue
		}
		s := &spfStep{node: node, term: term}
		if len(node.shown.Terms) < maxShownTerms {
			node.shown.Terms = append(node.shown.Terms, SPFTerm{Text: shortened(term.Text, maxQuoted)})
		}
		if term.Name == "all" {
			reached = false
		}
		t.judge(node, term)
		if takesLookup(term) {
			s.name = t.target(node, term)
		}
		steps = append(steps, s)
	}
	// The slice does not grow any more.
	for i, s := range steps {
		if i < len(node.shown.Terms) {
			s.shown = &node.shown.Terms[i]
			if takesLookup(s.term) {
				s.shown.Lookups = 1
			}
		} else if takesLookup(s.term) {
			node.shown.Lookups++ // of the terms that are not shown
		}
	}
	return steps
}

// takesLookup reports whether a term counts for the limit of ten.
func takesLookup(term mailrecord.SPFTerm) bool {
	if term.Qualifier == 0 {
		return term.Name == "redirect"
	}
	return slices.Contains([]string{"include", "a", "mx", "exists", "ptr"}, term.Name)
}

// judge notes what a term is by itself.
func (t *spfTree) judge(node *spfNode, term mailrecord.SPFTerm) {
	if term.Qualifier == 0 {
		return
	}
	if term.Name == "ptr" {
		t.ptr.add(warned("%s in the record of %s", quoted(term.Text), node.shown.Domain))
	}
	if term.Qualifier != '+' || !node.permits {
		return
	}
	if term.Name == "all" {
		t.everybody = append(t.everybody, permitsEverybody(node, term))
	}
	if network := term.Network(); network.IsValid() {
		t.networks = append(t.networks, spfNetwork{network, node.shown.Domain, term.Text})
	}
}

// target returns the name that a term looks up, and "" if it is not to be looked up.
func (t *spfTree) target(node *spfNode, term mailrecord.SPFTerm) string {
	name, fixed := term.FixedName(node.shown.Domain, t.root.Domain)
	nested := term.Name == "include" || term.Name == "redirect"
	switch {
	case term.Name == "ptr":
		return "" // it depends on the sender
	case !fixed:
		where := fmt.Sprintf("%s of %s", quoted(term.Text), node.shown.Domain)
		t.varying = append(t.varying, where)
		if nested {
			node.shown.AtLeast = true
			t.varyingRecords = append(t.varyingRecords, where)
			t.includes.add(informed("%s depends on the sender, so the record it leads to cannot be looked at", where))
		}
		return ""
	case nested && node.within(name):
		t.loops = append(t.loops, fmt.Sprintf("%s in the record of %s", quoted(term.Text), node.shown.Domain))
		node.shown.AtLeast = true
		return ""
	case t.asked >= maxSPFAsked, nested && node.depth >= maxSPFDepth:
		node.shown.AtLeast = true
		return ""
	}
	t.asked++
	return dns.FoldName(name)
}

// within reports whether a record is that of a domain, or is below it.
func (n *spfNode) within(domain string) bool {
	for at := n; at != nil; at = at.above {
		if at.shown.Domain == dns.FoldName(domain) {
			return true
		}
	}
	return false
}

// takeSPFStep makes the lookup of a step.
func (r *run) takeSPFStep(s *spfStep) {
	if s.name == "" {
		return
	}
	switch s.term.Name {
	case "include", "redirect":
		s.texts, s.reply = r.askText(s.name)
	case "mx":
		s.reply = r.ask(s.name, miekg.TypeMX)
		if s.wide() {
			s.hosts = each(mailHosts(s.reply.records), r.host)
		}
	case "exists":
		s.reply = r.ask(s.name, miekg.TypeA)
	default:
		s.host = r.host(s.name)
		s.reply.err = s.host.err
		if len(s.host.addresses) > 0 {
			s.reply.err = nil
		}
	}
}

// evaluate notes what a lookup found. It returns the record to follow, nil if there is none.
func (t *spfTree) evaluate(s *spfStep) *spfNode {
	redirects := s.term.Qualifier == 0 && s.term.Name == "redirect"
	ends := redirects && s.node.ends
	if s.name == "" {
		if ends {
			_, fixed := s.term.FixedName(s.node.shown.Domain, t.root.Domain)
			t.end = spfEnd{domain: s.node.shown.Domain, why: "the redirect of " + s.node.shown.Domain + " was not followed", varies: !fixed}
		}
		return nil
	}
	t.open(s)
	where := fmt.Sprintf("%s of %s", quoted(s.term.Text), s.node.shown.Domain)
	if err := s.reply.err; err != nil {
		t.unsure = append(t.unsure, fmt.Sprintf("%s (%v)", where, err))
		s.node.shown.AtLeast = s.node.shown.AtLeast || s.term.Name == "include" || redirects
		if s.term.Name == "include" || redirects {
			t.includes.add(unknown("could not look for %s: %v", where, err))
		}
		if s.term.Name == "mx" {
			t.mxLimit.add(unknown("could not look for %s: %v", where, err))
		}
		if ends {
			t.end = spfEnd{domain: s.name, unsure: err}
		}
		return nil
	}
	if len(s.reply.records) == 0 && len(s.host.addresses) == 0 {
		t.voids = append(t.voids, where)
		if s.shown != nil {
			s.shown.Void = true
		}
	}
	if s.term.Name == "mx" && len(s.reply.records) > maxSPFMX {
		t.mxLimit.add(failed("%s has %d hosts", where, len(s.reply.records)))
	}
	if s.term.Name != "include" && !redirects {
		return nil
	}
	below := &SPFRecord{Domain: s.name}
	if s.shown != nil {
		s.shown.Record = below
	}
	text, record, err := readSPF(s.texts)
	below.Text = shortened(text, maxText)
	if err != nil {
		below.Problem = bounded(err.Error())
		t.includes.add(failed("%s: %v", where, err))
		if ends {
			t.end = spfEnd{domain: s.name, why: fmt.Sprintf("%s: %v", where, err)}
		}
		return nil
	}
	return &spfNode{shown: below, record: record, above: s.node, depth: s.node.depth + 1, ends: ends,
		permits: s.node.permits && (redirects || s.term.Qualifier == '+')}
}

// readSPF returns the only SPF record among texts.
func readSPF(texts []string) (string, mailrecord.SPF, error) {
	text, err := mailrecord.FindSPF(texts)
	if err != nil {
		return "", mailrecord.SPF{}, fmt.Errorf("there are several SPF records")
	}
	if text == "" {
		return "", mailrecord.SPF{}, fmt.Errorf("there is no SPF record")
	}
	record, err := mailrecord.ParseSPF(text)
	return text, record, err
}

// count sums up the lookups of a record and of those below it, and notes them everywhere. At first,
// each term has its own lookup only, and the record those of the terms that are not shown.
func (s *SPFRecord) count() (lookups int, atLeast bool) {
	for i := range s.Terms {
		term := &s.Terms[i]
		if term.Record != nil {
			more, unsure := term.Record.count()
			term.Lookups += more
			s.AtLeast = s.AtLeast || unsure
		}
		s.Lookups += term.Lookups
	}
	return s.Lookups, s.AtLeast
}
