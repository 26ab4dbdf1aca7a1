package check

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var bimiGroup = group{name: "bimi", look: lookAtBIMI, entries: []Entry{
	{ID: "bimi_record", Title: "BIMI record", Severity: Low, Rule: "There is at most one BIMI record at default._bimi, with https addresses.",
		Why:    "Receivers show the domain's logo beside its mail by this record, and none if it is wrong.",
		Source: "draft-brand-indicators-for-message-identification section 4.2"},
	{ID: "bimi_dmarc", Title: "DMARC policy for BIMI", Severity: Medium, Rule: "The DMARC policy of a domain with a logo is quarantine or reject, for subdomains too.",
		Why:    "Receivers show logos only where nobody else can send as the domain.",
		Source: "draft-brand-indicators-for-message-identification section 7.1"},
	{ID: "bimi_logo", Title: "BIMI logo", Severity: Low, Needs: []Need{NeedsHTTPS}, Rule: "The logo is an SVG of the profile tiny-ps, with a title, of at most 32 KB.",
		Why:    "Receivers do not show other images.",
		Source: "draft-svg-tiny-ps-abrotman section 2"},
	{ID: "bimi_cert", Title: "BIMI mark certificate", Severity: Low, Needs: []Need{NeedsHTTPS}, Rule: "A mark certificate for the logo is there and valid.",
		Why:    "Large receivers show a logo only with a certificate for it.",
		Source: "draft-brand-indicators-for-message-identification section 4.5"},
}}

const maxLogo = 32 << 10 // bytes

// bimiTags reads a BIMI record as far as it goes.
func bimiTags(text string) map[string]string {
	tags := map[string]string{}
	for spec := range strings.SplitSeq(text, ";") {
		name, value, found := strings.Cut(spec, "=")
		if name = strings.TrimSpace(name); found {
			if _, twice := tags[name]; !twice {
				tags[name] = strings.TrimSpace(value)
			}
		}
	}
	return tags
}

func lookAtBIMI(r *run) {
	rest := []string{"bimi_dmarc", "bimi_logo", "bimi_cert"}
	name := "default._bimi." + r.Domain
	all, a := r.askText(name)
	if a.err != nil {
		r.setAll(couldNotLook(a.err), append(rest, "bimi_record")...)
		return
	}
	var records, others []string
	for _, text := range all {
		if mailrecord.BIMIText.Is(text) {
			records = append(records, text)
		} else {
			others = append(others, text)
		}
	}
	switch len(records) {
	case 0:
		absent := informed("there is no BIMI record at %s", name)
		r.set("bimi_record", tally{nearMisses(mailrecord.BIMIText, name, others), absent}.outcome(absent))
		r.setAll(skipped("there is no BIMI record"), rest...)
		return
	case 1:
	default:
		r.set("bimi_record", failed("%d BIMI records: %s", len(records), listed(quotedAll(records))))
		r.setAll(skipped("there are several BIMI records"), rest...)
		return
	}
	tags := bimiTags(records[0])
	r.set("bimi_record", bimiRecord(records[0], tags))
	if tags["l"] == "" && tags["a"] == "" {
		r.setAll(skipped("the record says that there is no logo"), rest...)
		return
	}
	r.set("bimi_dmarc", r.bimiDMARC())
	if r.DNSOnly {
		r.setAll(noConnections, "bimi_logo", "bimi_cert")
		return
	}
	if !r.wantsAny("bimi_logo", "bimi_cert") {
		return
	}
	var logo, cert fetched
	each([]func(){
		func() { logo = r.fetchUnless(tags["l"]) },
		func() { cert = r.fetchUnless(tags["a"]) },
	}, func(fetch func()) struct{} { fetch(); return struct{}{} })
	r.set("bimi_logo", bimiLogo(tags["l"], logo))
	r.set("bimi_cert", r.bimiCert(tags["a"], cert, logo))
}

// fetchUnless fetches a file unless there is no address.
func (r *run) fetchUnless(address string) fetched {
	if address == "" {
		return fetched{problem: "there is no address"}
	}
	return r.fetch(address)
}

func bimiRecord(text string, tags map[string]string) outcome {
	problems := mailrecord.PolicyWarnings(mailrecord.BIMIText, text)
	for _, tag := range []string{"l", "a"} {
		if address, err := url.Parse(tags[tag]); err == nil && tags[tag] != "" && address.Hostname() == "" {
			problems = append(problems, fmt.Sprintf("%s=: %q has no host", tag, tags[tag]))
		}
	}
	if len(problems) > 0 {
		return failed("%s", strings.Join(problems, "; "))
	}
	return passed("%s", quoted(text))
}

func (r *run) bimiDMARC() outcome {
	facts := r.dmarcFacts()
	if facts.err != nil {
		return couldNotLook(facts.err)
	}
	record := facts.Reading.Record
	switch {
	case facts.policy == "" || facts.policy == "none":
		return failed("the DMARC policy is %s", orNone(facts.policy))
	case facts.applied == "none":
		return failed("the DMARC policy is %s, but t=y weakens it to none", facts.policy)
	case record.SubdomainPolicy == "none":
		return failed("the DMARC policy of subdomains is none")
	case slices.ContainsFunc(record.Others, func(tag string) bool { return strings.HasPrefix(tag, "pct=") && tag != "pct=100" }):
		return failed("the DMARC record has a pct= below 100, which receivers of logos still read")
	}
	return passed("the DMARC policy is %s", facts.policy)
}

func orNone(policy string) string {
	if policy == "" {
		return "missing"
	}
	return policy
}

// bimiLogo is about the image.
func bimiLogo(address string, logo fetched) outcome {
	if address == "" {
		return skipped("the record has no address of a logo")
	}
	if !logo.ok() {
		return logo.outcome()
	}
	svg, err := unzipped(logo.body)
	if err != nil {
		return failed("the logo cannot be unpacked: %v", err)
	}
	var problems []string
	if len(svg) > maxLogo {
		problems = append(problems, fmt.Sprintf("it has %d bytes", len(svg)))
	}
	decoder := xml.NewDecoder(strings.NewReader(string(svg)))
	root, titled := (*xml.StartElement)(nil), false
	depth := 0
	for {
		token, err := decoder.Token()
		if err != nil {
			if root == nil {
				return failed("the logo is not an SVG")
			}
			break
		}
		switch element := token.(type) {
		case xml.StartElement:
			depth++
			name := element.Name.Local
			if root == nil {
				copied := element.Copy()
				root = &copied
			}
			titled = titled || name == "title" && depth == 2
			if name == "script" || name == "image" || name == "foreignObject" || strings.HasPrefix(name, "animate") {
				problems = append(problems, "it has the element "+name)
			}
		case xml.EndElement:
			depth--
		}
	}
	if root.Name.Local != "svg" {
		return failed("the logo is not an SVG, but begins with the element %s", quoted(root.Name.Local))
	}
	attributes := map[string]string{}
	for _, attr := range root.Attr {
		attributes[attr.Name.Local] = attr.Value
	}
	if attributes["baseProfile"] != "tiny-ps" {
		problems = append(problems, fmt.Sprintf("its baseProfile is %q", attributes["baseProfile"]))
	}
	if attributes["version"] != "1.2" {
		problems = append(problems, fmt.Sprintf("its version is %q", attributes["version"]))
	}
	if !titled {
		problems = append(problems, "it has no title")
	}
	if len(problems) > 0 {
		return failed("the logo cannot be shown: %s", listed(problems))
	}
	return passed("an SVG of %d bytes", len(svg))
}
