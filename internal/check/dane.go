package check

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

var daneGroup = group{name: "dane", look: lookAtDANE, entries: []Entry{
	{ID: "dane_present", Title: "TLSA records", Severity: Low, Needs: []Need{NeedsValidation}, Rule: "Each MX host has TLSA records.",
		Why:    "By DANE, senders know which certificate to expect, so that nobody can pretend to be the host.",
		Source: "RFC 7672 section 2.2"},
	{ID: "dane_secure", Title: "DNSSEC for TLSA records", Severity: Medium, Needs: []Need{NeedsValidation}, Rule: "TLSA records and the MX record that leads to them are signed.",
		Why:    "Senders ignore TLSA records that DNSSEC does not protect, or that an MX record without protection leads to.",
		Source: "RFC 7672 section 2.1"},
	{ID: "dane_usable", Title: "Usable TLSA records", Severity: Medium, Rule: "TLSA records have the usage 2 or 3, and a digest of the right length.",
		Why:    "Mail servers ignore the usages 0 and 1, and records that they cannot read; if none is left, they deliver without checking the certificate.",
		Source: "RFC 7672 section 3.1"},
	{ID: "dane_match", Title: "TLSA records and certificates", Severity: Critical, Needs: []Need{NeedsSMTP, NeedsValidation}, Rule: "The certificate of each MX host matches one of its TLSA records.",
		Why:    "Senders do not deliver to a host whose certificate matches none.",
		Source: "RFC 7672 section 2.2"},
	{ID: "dane_rollover", Title: "Second TLSA record for key changes", Severity: Low, Needs: []Need{NeedsValidation}, Rule: "There is a TLSA record for the next key, or one for the authority.",
		Why:    "With one record of usage 3, changing the key stops the mail until the new record is known everywhere.",
		Source: "RFC 7671 section 8.1"},
}}

// daneHost is the TLSA records of a host.
type daneHost struct {
	name    string
	err     error
	secure  bool
	records []*miekg.TLSA
}

func (r *run) lookForDANE() []daneHost {
	return each(r.mxFacts().receivers(), func(h host) daneHost {
		base := h.name
		if len(h.aliases) > 0 {
			base = h.aliases[len(h.aliases)-1] // RFC 7672 section 2.2.2
		}
		a := r.ask("_25._tcp."+base, miekg.TypeTLSA)
		found := daneHost{name: h.name, err: a.err, secure: a.authentic && !a.bogus}
		if a.bogus {
			found.err = errBogus
		}
		for _, rr := range a.records {
			found.records = append(found.records, rr.(*miekg.TLSA))
		}
		if len(found.records) > maxHosts {
			found.records = found.records[:maxHosts]
		}
		return found
	})
}

func lookAtDANE(r *run) {
	ids := []string{"dane_present", "dane_secure", "dane_usable", "dane_match", "dane_rollover"}
	mx := r.mxFacts()
	switch {
	case mx.err != nil:
		r.setAll(couldNotLook(mx.err), ids...)
		return
	case mx.null:
		r.setAll(takesNoMail, ids...)
		return
	case len(mx.receivers()) == 0:
		r.setAll(skipped("the domain has no MX host"), ids...)
		return
	}
	hosts := r.daneFacts()
	var present, secure, usable, match, rollover tally
	any := false
	for _, h := range hosts {
		switch {
		case h.err != nil:
			o := unknown("could not look for the TLSA records of %s: %v", h.name, h.err)
			for _, t := range []*tally{&present, &secure, &usable, &match, &rollover} {
				t.add(o)
			}
		case len(h.records) == 0:
			present.add(informed("%s has no TLSA record", h.name))
		default:
			any = true
			present.add(passed("%s has %d TLSA records", h.name, len(h.records)))
			usable.add(h.usable())
			rollover.add(h.rollover())
		}
	}
	without := skipped("there are no TLSA records")
	r.set("dane_present", present.outcome(outcome{}))
	r.set("dane_usable", usable.outcome(without))
	r.set("dane_rollover", rollover.outcome(without))
	if any {
		r.lookAtProtection(hosts, &secure, &match)
	}
	r.set("dane_secure", secure.outcome(without))
	r.set("dane_match", match.outcome(without))
}

// lookAtProtection is about hosts that have TLSA records.
func (r *run) lookAtProtection(hosts []daneHost, secure, match *tally) {
	proof := r.validation()
	if !proof.proven {
		secure.add(proof.unproven())
		match.add(proof.unproven())
		return
	}
	mx := r.ask(r.Domain, miekg.TypeMX)
	for _, h := range hosts {
		if len(h.records) == 0 {
			continue
		}
		switch {
		case !mx.authentic:
			secure.add(failed("%s has TLSA records, but the MX record of %s is not signed", h.name, r.Domain).want("the zone of %s signed with DNSSEC", r.Domain))
			match.add(skipped("senders ignore the TLSA records of %s, because the MX record of %s is not signed", h.name, r.Domain))
		case !h.secure:
			secure.add(failed("the TLSA records of %s are not signed", h.name).want("the zone of %s signed with DNSSEC", h.name))
			match.add(skipped("senders ignore the TLSA records of %s, because they are not signed", h.name))
		default:
			secure.add(passed("the TLSA records of %s are signed", h.name))
			if r.wantsAny("dane_match") {
				match.add(r.matches(h))
			}
		}
	}
}

func (h daneHost) usable() outcome {
	usable := 0
	var why string
	for _, record := range h.records {
		if problem := tlsaProblem(record); problem != "" {
			why = problem
		} else {
			usable++
		}
	}
	switch {
	case usable == 0:
		return failed("senders can use none of the TLSA records of %s: %s", h.name, why)
	case usable < len(h.records):
		return warned("senders ignore %d of %d TLSA records of %s: %s", len(h.records)-usable, len(h.records), h.name, why)
	}
	return passed("senders can use the TLSA records of %s", h.name)
}

// tlsaProblem says why senders ignore a record; "" if they do not.
func tlsaProblem(record *miekg.TLSA) string {
	data, err := hex.DecodeString(record.Certificate)
	length := map[uint8]int{1: sha256.Size, 2: sha512.Size}[record.MatchingType]
	switch {
	case record.Usage != 2 && record.Usage != 3:
		return fmt.Sprintf("usage %d is not for mail", record.Usage)
	case record.Selector > 1:
		return fmt.Sprintf("there is no selector %d", record.Selector)
	case record.MatchingType > 2:
		return fmt.Sprintf("there is no matching type %d", record.MatchingType)
	case err != nil || len(data) == 0:
		return "the data is empty"
	case length > 0 && len(data) != length:
		return fmt.Sprintf("a digest of matching type %d has %d bytes, and not %d", record.MatchingType, length, len(data))
	}
	return ""
}

// rollover is about the time when the key changes.
func (h daneHost) rollover() outcome {
	own, authority := 0, 0
	for _, record := range h.records {
		switch {
		case tlsaProblem(record) != "":
		case record.Usage == 3:
			own++
		default:
			authority++
		}
	}
	switch {
	case own > 1 || authority > 0:
		return passed("%s has records for more than one key, or for an authority", h.name)
	case own == 0:
		return skipped("senders can use none of the TLSA records of %s", h.name)
	}
	return informed("%s has one record only that senders can use, so there is none for the next key", h.name)
}

// matches compares the certificate of a host with its records.
func (r *run) matches(h daneHost) outcome {
	if r.DNSOnly {
		return noConnections
	}
	for _, s := range r.smtpFacts().hosts {
		if s.name != h.name {
			continue
		}
		switch {
		case s.talk.NoTLS != nil:
			return failed("%s has TLSA records, but %v", h.name, noTLS(s.talk.NoTLS))
		case s.talk.Served.Leaf == nil:
			return s.unseen()
		}
		usable, authority := false, false
		for _, record := range h.records {
			if tlsaProblem(record) != "" {
				continue
			}
			usable, authority = true, authority || record.Usage == 2
			if matchesTLSA(record, s.talk.Served, h.name) {
				return passed("the certificate of %s matches %d %d %d", h.name, record.Usage, record.Selector, record.MatchingType)
			}
		}
		if !usable {
			return skipped("senders ignore all TLSA records of %s", h.name)
		}
		if authority && len(s.talk.Served.Chain) == 1 {
			return failed("the certificate of %s matches none of its TLSA records. Those of usage 2 cannot match, because the host does not send the certificate of its authority", h.name).
				want("the certificate of the authority, sent by the host behind its own")
		}
		return failed("the certificate of %s matches none of its TLSA records", h.name).want("a TLSA record of the certificate that the host shows")
	}
	return unknown("%s was not connected to", h.name)
}

// matchesTLSA reports whether a chain matches a record. With usage 3, neither the name nor the end
// of the certificate count (RFC 7672 section 3.1.1); with usage 2, both do.
func matchesTLSA(record *miekg.TLSA, served tlsprobe.Served, host string) bool {
	want, err := hex.DecodeString(record.Certificate)
	if err != nil {
		return false
	}
	if record.Usage == 3 {
		return bytes.Equal(tlsaData(record, served.Leaf), want)
	}
	if errors.Is(served.Problem, tlsprobe.ErrOtherHost) || errors.Is(served.Problem, tlsprobe.ErrExpired) || errors.Is(served.Problem, tlsprobe.ErrNotYetValid) {
		return false
	}
	authorities := served.Chain[1:]
	if whole, err := x509.ParseCertificate(want); record.Selector == 0 && record.MatchingType == 0 && err == nil {
		authorities = append(slices.Clone(authorities), whole) // the host need not send it
	}
	for _, authority := range authorities {
		if !bytes.Equal(tlsaData(record, authority), want) {
			continue
		}
		roots := x509.NewCertPool()
		roots.AddCert(authority)
		if tlsprobe.Judge(served.Chain, host, roots, served.At) == nil {
			return true
		}
	}
	return false
}

// tlsaData is what a record has of a certificate.
func tlsaData(record *miekg.TLSA, certificate *x509.Certificate) []byte {
	data := certificate.Raw
	if record.Selector == 1 {
		data = certificate.RawSubjectPublicKeyInfo
	}
	switch record.MatchingType {
	case 1:
		sum := sha256.Sum256(data)
		return sum[:]
	case 2:
		sum := sha512.Sum512(data)
		return sum[:]
	}
	return data
}
