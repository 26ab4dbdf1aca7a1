package rfc2136sim

import (
	"sync"
	"testing"

	miekg "github.com/miekg/dns"
)

// withClass is a record as prerequisites and deletions have it.
func withClass(rr miekg.RR, class uint16, ttl uint32) miekg.RR {
	rr = miekg.Copy(rr)
	rr.Header().Class, rr.Header().Ttl = class, ttl
	return rr
}

// empty is a record without data.
func empty(name string, rrtype, class uint16) miekg.RR {
	return &miekg.ANY{Hdr: miekg.RR_Header{Name: name, Rrtype: rrtype, Class: class}}
}

func TestPrerequisites(t *testing.T) { eachServer(t, testPrerequisites) }

func testPrerequisites(t *testing.T, open func(t *testing.T, records ...string) *world) {
	w := open(t, "www 60 IN A 192.0.2.1", "www 60 IN A 192.0.2.2", "*.w 60 IN A 192.0.2.3", "a.b 60 IN A 192.0.2.4")
	const www, none = "www.example.com.", "none.example.com."
	in := func(lines ...string) []miekg.RR {
		rrs := w.rrs(lines...)
		for i := range rrs {
			rrs[i] = withClass(rrs[i], miekg.ClassINET, 0)
		}
		return rrs
	}
	for name, c := range map[string]struct {
		prerequisites []miekg.RR
		rcode         int
	}{
		"none":                  {nil, miekg.RcodeSuccess},
		"name in use":           {[]miekg.RR{empty("WWW.example.com.", miekg.TypeANY, miekg.ClassANY)}, miekg.RcodeSuccess},
		"name not in use":       {[]miekg.RR{empty(none, miekg.TypeANY, miekg.ClassANY)}, miekg.RcodeNameError},
		"wildcard is no use":    {[]miekg.RR{empty("x.w.example.com.", miekg.TypeANY, miekg.ClassANY)}, miekg.RcodeNameError},
		"empty non-terminal":    {[]miekg.RR{empty("b.example.com.", miekg.TypeANY, miekg.ClassANY)}, miekg.RcodeNameError},
		"no name":               {[]miekg.RR{empty(none, miekg.TypeANY, miekg.ClassNONE)}, miekg.RcodeSuccess},
		"no name, but there is": {[]miekg.RR{empty(www, miekg.TypeANY, miekg.ClassNONE)}, miekg.RcodeYXDomain},
		"set":                   {[]miekg.RR{empty(www, miekg.TypeA, miekg.ClassANY)}, miekg.RcodeSuccess},
		"set, but there is not": {[]miekg.RR{empty(www, miekg.TypeTXT, miekg.ClassANY)}, miekg.RcodeNXRrset},
		"no set":                {[]miekg.RR{empty(www, miekg.TypeTXT, miekg.ClassNONE)}, miekg.RcodeSuccess},
		"no set, but there is":  {[]miekg.RR{empty(www, miekg.TypeA, miekg.ClassNONE)}, miekg.RcodeYXRrset},
		"values":                {in("www A 192.0.2.2", "www A 192.0.2.1"), miekg.RcodeSuccess},
		"too few values":        {in("www A 192.0.2.1"), miekg.RcodeNXRrset},
		"too many values":       {in("www A 192.0.2.1", "www A 192.0.2.2", "www A 192.0.2.3"), miekg.RcodeNXRrset},
		"other values":          {in("www A 192.0.2.1", "www A 192.0.2.9"), miekg.RcodeNXRrset},
		"values of no set":      {in("none A 192.0.2.1"), miekg.RcodeNXRrset},
		"second one fails":      {append(in("www A 192.0.2.2", "www A 192.0.2.1"), empty(none, miekg.TypeANY, miekg.ClassANY)), miekg.RcodeNameError},
		"outside":               {[]miekg.RR{empty("www.example.org.", miekg.TypeANY, miekg.ClassANY)}, miekg.RcodeNotZone},
		"with a TTL":            {[]miekg.RR{withClass(in("www A 192.0.2.1")[0], miekg.ClassINET, 60)}, miekg.RcodeFormatError},
		"data in class NONE":    {[]miekg.RR{withClass(in("www A 192.0.2.1")[0], miekg.ClassNONE, 0)}, miekg.RcodeFormatError},
		"class CHAOS":           {[]miekg.RR{empty(www, miekg.TypeA, miekg.ClassCHAOS)}, miekg.RcodeFormatError},
	} {
		t.Run(name, func(t *testing.T) {
			before, serial := w.zone(), w.serial()
			code := w.update(func(msg *miekg.Msg) { msg.Answer = c.prerequisites })
			if code != c.rcode {
				t.Errorf("answered %s, want %s", miekg.RcodeToString[code], miekg.RcodeToString[c.rcode])
			}
			if w.zone() != before || w.serial() != serial {
				t.Errorf("the zone has become\n%s", w.zone())
			}
		})
	}
}

func TestUpdates(t *testing.T) { eachServer(t, testUpdates) }

func testUpdates(t *testing.T, open func(t *testing.T, records ...string) *world) {
	zone := []string{"www 60 IN A 192.0.2.1", "www 60 IN A 192.0.2.2", `www 60 IN TXT "x"`, "alias 60 IN CNAME www"}
	const unchanged = "alias 60 CNAME www.example.com.\nwww 60 A 192.0.2.1\nwww 60 A 192.0.2.2\nwww 60 TXT \"x\""
	none := func(rr miekg.RR) miekg.RR { return withClass(rr, miekg.ClassNONE, 0) }
	const ns = "example.com. 60 IN NS "
	w := open(t)
	for name, c := range map[string]struct {
		updates []miekg.RR
		rcode   int
		zone    string
	}{
		"nothing":                 {nil, miekg.RcodeSuccess, unchanged},
		"add":                     {w.rrs("new 30 A 192.0.2.9"), 0, "alias 60 CNAME www.example.com.\nnew 30 A 192.0.2.9\nwww 60 A 192.0.2.1\nwww 60 A 192.0.2.2\nwww 60 TXT \"x\""},
		"add what is there":       {w.rrs("www 60 A 192.0.2.2"), 0, unchanged},
		"a set has one TTL":       {w.rrs("www 30 A 192.0.2.3"), 0, "alias 60 CNAME www.example.com.\nwww 30 A 192.0.2.1\nwww 30 A 192.0.2.2\nwww 30 A 192.0.2.3\nwww 60 TXT \"x\""},
		"another TTL":             {w.rrs("www 30 A 192.0.2.2"), 0, "alias 60 CNAME www.example.com.\nwww 30 A 192.0.2.1\nwww 30 A 192.0.2.2\nwww 60 TXT \"x\""},
		"alias beside data":       {w.rrs("www 60 CNAME other"), 0, unchanged},
		"data beside an alias":    {w.rrs("alias 60 A 192.0.2.1"), 0, unchanged},
		"another alias":           {w.rrs("alias 60 CNAME other"), 0, "alias 60 CNAME other.example.com.\nwww 60 A 192.0.2.1\nwww 60 A 192.0.2.2\nwww 60 TXT \"x\""},
		"alias for data":          {append([]miekg.RR{empty("www.example.com.", miekg.TypeANY, miekg.ClassANY)}, w.rrs("www 60 CNAME other")...), 0, "alias 60 CNAME www.example.com.\nwww 60 CNAME other.example.com."},
		"delete one":              {[]miekg.RR{none(w.rrs("WWW A 192.0.2.1")[0])}, 0, "alias 60 CNAME www.example.com.\nwww 60 A 192.0.2.2\nwww 60 TXT \"x\""},
		"delete what is not":      {[]miekg.RR{none(w.rrs("www A 192.0.2.9")[0])}, 0, unchanged},
		"delete a set":            {[]miekg.RR{empty("www.example.com.", miekg.TypeA, miekg.ClassANY)}, 0, "alias 60 CNAME www.example.com.\nwww 60 TXT \"x\""},
		"delete a name":           {[]miekg.RR{empty("www.example.com.", miekg.TypeANY, miekg.ClassANY)}, 0, "alias 60 CNAME www.example.com."},
		"the apex stays":          {[]miekg.RR{empty(apex, miekg.TypeANY, miekg.ClassANY), empty(apex, miekg.TypeNS, miekg.ClassANY)}, 0, unchanged},
		"MX without address":      {w.rrs("@ 60 MX 10 none", "new 60 A 192.0.2.1"), miekg.RcodeRefused, unchanged},
		"MX to an alias":          {w.rrs("@ 60 MX 10 alias"), miekg.RcodeRefused, unchanged},
		"MX and its address":      {w.rrs("@ 60 MX 10 new", "new 60 A 192.0.2.1"), 0, "alias 60 CNAME www.example.com.\nexample.com. 60 MX 10 new.example.com.\nnew 60 A 192.0.2.1\nwww 60 A 192.0.2.1\nwww 60 A 192.0.2.2\nwww 60 TXT \"x\""},
		"outside":                 {append(w.rrs("new 60 A 192.0.2.9"), w.rrs("example.org. 60 A 192.0.2.1")...), miekg.RcodeNotZone, unchanged},
		"add without data":        {[]miekg.RR{empty("new.example.com.", miekg.TypeA, miekg.ClassINET)}, miekg.RcodeFormatError, unchanged},
		"delete with a TTL":       {[]miekg.RR{withClass(w.rrs("www A 192.0.2.1")[0], miekg.ClassNONE, 60)}, miekg.RcodeFormatError, unchanged},
		"delete a set with data":  {[]miekg.RR{withClass(w.rrs("www A 192.0.2.1")[0], miekg.ClassANY, 0)}, miekg.RcodeFormatError, unchanged},
		"add in class CHAOS":      {[]miekg.RR{withClass(w.rrs("www A 192.0.2.1")[0], miekg.ClassCHAOS, 60)}, miekg.RcodeFormatError, unchanged},
		"one name server is kept": {[]miekg.RR{none(w.rrs(ns + "ns1.nameserver.example.")[0]), none(w.rrs(ns + "ns2.nameserver.example.")[0])}, 0, unchanged},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, zone...)
			serial := w.serial()
			if code := w.update(func(msg *miekg.Msg) { msg.Ns = c.updates }); code != c.rcode {
				t.Errorf("answered %s, want %s", miekg.RcodeToString[code], miekg.RcodeToString[c.rcode])
			}
			if got := w.zone(); got != c.zone {
				t.Errorf("the zone is\n%s\nwant\n%s", got, c.zone)
			}
			servers := 0
			for _, rr := range w.records() {
				if rr.Header().Rrtype == miekg.TypeNS {
					servers++
				}
			}
			if name == "one name server is kept" && servers != 1 || name != "one name server is kept" && servers != 2 {
				t.Errorf("there are %d name servers", servers)
			}
			changed := c.zone != unchanged || servers != 2
			if counted := w.serial() != serial; counted != changed {
				t.Errorf("the serial number counted on: %t", counted)
			}
		})
	}
}

func TestSerialByHand(t *testing.T) {
	eachServer(t, func(t *testing.T, open func(t *testing.T, records ...string) *world) {
		w := open(t)
		for _, c := range []struct {
			sent string
			want uint32
		}{{"100", 100}, {"50", 100}, {"2147483747", 2147483747}, {"3", 3}} {
			code := w.update(func(msg *miekg.Msg) {
				msg.Insert(w.rrs("@ 60 SOA ns1.nameserver.example. hostmaster " + c.sent + " 1 2 3 4"))
			})
			if got := w.serial(); got != c.want || code != miekg.RcodeSuccess {
				t.Errorf("after %s the serial number is %d, want %d (%s)", c.sent, got, c.want, miekg.RcodeToString[code])
			}
		}
	})
}

// Of many updates that want the same thing one wins.
func TestUpdatesAreAtomic(t *testing.T) {
	eachServer(t, func(t *testing.T, open func(t *testing.T, records ...string) *world) { oneWins(t, open(t)) })
}

func oneWins(t *testing.T, w *world) {
	var mu sync.Mutex
	won := 0
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			code := w.update(func(msg *miekg.Msg) {
				msg.Answer = []miekg.RR{empty("new.example.com.", miekg.TypeTXT, miekg.ClassNONE)}
				msg.Insert(w.rrs(`new 60 TXT "x"`))
			})
			mu.Lock()
			defer mu.Unlock()
			if code == miekg.RcodeSuccess {
				won++
			} else if code != miekg.RcodeYXRrset {
				t.Errorf("answered %s", miekg.RcodeToString[code])
			}
		})
	}
	group.Wait()
	if won != 1 {
		t.Errorf("%d have won", won)
	}
}
