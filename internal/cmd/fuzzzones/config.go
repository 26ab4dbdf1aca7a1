package main

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// block is one postmaster_dns_records as a configuration has it.
type block struct {
	records   map[string]dns.Record
	ttl       int // 0: not set
	overwrite bool
	replaceMX bool
	adopt     string // "", "true" or "false"
}

// config is the configuration of a run: blocks by label.
type config map[string]block

// labels are those that blocks may have.
var labels = []string{"a", "b", "c", "d", "e"}

func (c config) clone() config {
	copied := config{}
	for label, b := range c {
		b.records = maps.Clone(b.records)
		copied[label] = b
	}
	return copied
}

// value makes the block's value of the resource's type.
func (b block) value(ty tftypes.Type, authorization string) tftypes.Value {
	records := map[string]object{}
	for key, r := range b.records {
		element := object{"name": r.Name, "type": r.Type, "value": r.Value}
		if r.Type == "MX" {
			element["priority"] = int64(r.Priority)
		}
		records[key] = element
	}
	attributes := object{"dns_authorization_id": authorization, "records": records, "wait_for_propagation": false, "allow_excess_spf_lookups": true}
	if b.ttl != 0 {
		attributes["ttl"] = int64(b.ttl)
	}
	if b.overwrite {
		attributes["overwrite"] = true
	}
	if b.replaceMX {
		attributes["replace_mx"] = true
	}
	if b.adopt != "" {
		attributes["adopt_existing"] = b.adopt == "true"
	}
	return valueOf(ty, attributes)
}

// describe lists what the configuration wants, a line each.
func (c config) describe() string {
	var lines []string
	for _, label := range slices.Sorted(maps.Keys(c)) {
		b := c[label]
		lines = append(lines, fmt.Sprintf("  %s: overwrite=%v replace_mx=%v adopt_existing=%s ttl=%d", label, b.overwrite, b.replaceMX, b.adopt, b.ttl))
		for _, key := range slices.Sorted(maps.Keys(b.records)) {
			lines = append(lines, fmt.Sprintf("    %s = %s", key, b.records[key]))
		}
	}
	if lines == nil {
		return "  nothing"
	}
	return strings.Join(lines, "\n")
}

// records makes records at random. There are few of each kind, so that owners meet.
type records struct {
	random *rand.Rand
	apex   string
	limits dns.Limits
}

// at is a name in the zone.
func (g records) at(name string) string {
	if name == "" {
		return g.apex
	}
	return name + "." + g.apex
}

func (g records) possible(recordType string) bool {
	return g.limits.Types == nil || slices.Contains(g.limits.Types, recordType)
}

// any is a record that an owner of ours, or somebody else, may want. It is no SPF record.
func (g records) any() dns.Record {
	for {
		n := g.random.IntN(3)
		var name, recordType, value string
		var priority uint16
		switch g.random.IntN(11) {
		case 0:
			name, recordType, value = g.pick("www", "app", "mail"), "A", fmt.Sprintf("192.0.2.%d", n+1)
		case 1:
			name, recordType, value = g.pick("www", "app", "mail"), "AAAA", fmt.Sprintf("2001:db8::%d", n+1)
		case 2:
			name, recordType, value = g.pick("www", "app", "s1._domainkey", "em1"), "CNAME", fmt.Sprintf("target%d.mailer.example", n)
		case 3, 4:
			name, recordType, value, priority = g.pick("", "mail", "em1"), "MX", fmt.Sprintf("mx%d.mailer.example", n), uint16(10*(1+g.random.IntN(2)))
		case 5, 6:
			name, recordType, value = g.pick("", "www", "mail", "em1"), "TXT", fmt.Sprintf("token=%d", n)
		case 7:
			name, recordType, value = g.pick("_dmarc", "_dmarc.mail"), "TXT", []string{"v=DMARC1; p=none", "v=DMARC1; p=quarantine", "v=DMARC1; p=reject"}[n]
		case 8:
			name, recordType, value = g.pick("s1._domainkey", "s2._domainkey"), "TXT", key(n)
		case 9:
			name, recordType, value = "_submission._tcp", "SRV", fmt.Sprintf("0 1 587 smtp%d.mailer.example", n)
		case 10:
			name, recordType, value = "_25._tcp.mail", "TLSA", "3 1 1 "+strings.Repeat(fmt.Sprintf("a%d", n), 32)
		}
		if r, err := dns.NewRecord(g.at(name), recordType, value); err == nil && g.possible(recordType) {
			r.Priority = priority
			return r
		} else if err != nil {
			panic(err) // a fault of this program
		}
	}
}

// key is an invented DKIM key.
func key(n int) string {
	return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune('a'+n)), 32)))
}

// terms are the SPF mechanisms that owners add. Somebody else uses others: see strangerTerms.
var terms = []string{"ip4:192.0.2.1", "ip4:192.0.2.2", "ip4:192.0.2.64/26", "include:spf.mailer.example", "ip6:2001:db8::/48"}

// strangerTerms are those of others.
var strangerTerms = []string{"ip4:198.51.100.7", "include:spf.other.example", "ip4:203.0.113.0/24", "mx"}

// spfNames are where SPF records may be.
var spfNames = []string{"", "mail"}

// spf is an SPF record that an owner of ours wants.
func (g records) spf() dns.Record {
	first := g.random.IntN(len(terms))
	chosen := []string{terms[first]}
	if second := g.random.IntN(2 * len(terms)); second < len(terms) && second != first {
		chosen = append(chosen, terms[second])
	}
	r, err := dns.NewRecord(g.at(spfNames[g.random.IntN(len(spfNames))]), "TXT", "v=spf1 "+strings.Join(chosen, " ")+" ~all")
	if err != nil {
		panic(err)
	}
	return r
}

func (g records) pick(names ...string) string { return names[g.random.IntN(len(names))] }

// newBlock makes a block at random.
func (g records) newBlock() block {
	b := block{records: map[string]dns.Record{}}
	g.settings(&b)
	for range 1 + g.random.IntN(4) {
		g.addRecord(&b)
	}
	return b
}

func (g records) settings(b *block) {
	b.overwrite = g.random.IntN(3) == 0
	b.replaceMX = g.random.IntN(3) == 0
	b.adopt = []string{"", "", "", "false", "true"}[g.random.IntN(5)]
	b.ttl = []int{0, 0, 600, 3600}[g.random.IntN(4)]
}

// addRecord adds a record to a block under a key of its own, or changes that of a key.
func (g records) addRecord(b *block) {
	key := fmt.Sprintf("k%d", g.random.IntN(6))
	r := g.any()
	if g.random.IntN(4) == 0 {
		r = g.spf()
	}
	if g.inBlock(*b, key, r) {
		b.records[key] = r
	}
}

// inBlock is whether a record can stand in a block beside its others: one configuration that
// contradicts itself within a block is of little interest, and so is one that wants a record
// twice.
func (g records) inBlock(b block, key string, r dns.Record) bool {
	for other, there := range b.records {
		if other != key && (there.Identity() == r.Identity() || contradict(there, r) || isSPF(there) && isSPF(r) && there.Name == r.Name) {
			return false
		}
	}
	return true
}

// vary changes a configuration at random.
func (g records) vary(before config) config {
	c := before.clone()
	for range 1 + g.random.IntN(3) {
		label := labels[g.random.IntN(len(labels))]
		b, there := c[label]
		switch {
		case !there:
			c[label] = g.newBlock()
			continue
		case len(c) > 2 && g.random.IntN(6) == 0:
			delete(c, label)
			continue
		}
		keys := slices.Sorted(maps.Keys(b.records))
		switch n := g.random.IntN(8); {
		case n == 0:
			g.settings(&b)
		case n < 4 || len(keys) == 0:
			g.addRecord(&b)
		case n < 6 && len(keys) > 1:
			delete(b.records, keys[g.random.IntN(len(keys))])
		default:
			g.move(c, label, keys[g.random.IntN(len(keys))])
		}
		c[label] = b
	}
	return c
}

// move takes a record from one block to another, or copies it there, sometimes with another
// value.
func (g records) move(c config, from, key string) {
	to := slices.Sorted(maps.Keys(c))[g.random.IntN(len(c))]
	if to == from {
		return
	}
	r := c[from].records[key]
	if !g.inBlock(c[to], key, r) {
		return
	}
	c[to].records[key] = r
	if g.random.IntN(3) > 0 && len(c[from].records) > 1 {
		delete(c[from].records, key)
	}
}
