package dns

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// isSPF reports whether a record is an SPF record.
func (r Record) isSPF() bool { return r.Type == "TXT" && mailrecord.IsSPF(r.Value) }

// kind returns what receivers take a TXT record for, by its name and its text. SPF records are
// recognised by isSPF, because they can be at every name.
func (r Record) kind() mailrecord.TextKind {
	if r.Type != "TXT" {
		return mailrecord.OtherText
	}
	if kind := mailrecord.KindAt(r.Name); kind.Is(r.Value) {
		return kind
	}
	return mailrecord.OtherText
}

// isDMARC reports whether a record is a DMARC policy at a name where receivers look for one.
func (r Record) isDMARC() bool { return r.kind() == mailrecord.DMARCText }

// isDKIM reports whether receivers look for a DKIM key at the record's name, below _domainkey. A
// selector may have dots (RFC 6376 section 3.1). A second TXT record there makes the key undefined
// (section 3.6.2.2), whatever it says.
func (r Record) isDKIM() bool { return r.kind() == mailrecord.DKIMText }

// excludes reports whether two different records of one record set cannot both be right: a name has
// one CNAME, one SPF record, and one record of each kind of which receivers accept only one.
func excludes(a, b Record) bool {
	if a.SetKey() != b.SetKey() {
		return false
	}
	return a.Type == "CNAME" || a.isSPF() && b.isSPF() || a.kind().OnePerName() != "" && a.kind() == b.kind()
}

// Equivalent reports whether two records mean the same. Either their identities are the same, or
// they are DKIM key records with the same key, or DMARC, MTA-STS, TLS-RPT or BIMI records with the
// same tags. An equivalent record keeps the spelling of its author.
func Equivalent(a, b Record) bool {
	if a.Identity() == b.Identity() {
		return true
	}
	if a.SetKey() != b.SetKey() {
		return false
	}
	switch kind := a.kind(); kind {
	case mailrecord.DKIMText:
		return sameDKIM(a.Value, b.Value)
	case mailrecord.DMARCText:
		return sameDMARC(a.Value, b.Value)
	case mailrecord.MTASTSText, mailrecord.TLSRPTText, mailrecord.BIMIText:
		return b.kind() == kind && mailrecord.SameTags(a.Value, b.Value)
	}
	return false
}

func sameDKIM(a, b string) bool {
	keyA, errA := mailrecord.ParseDKIM(a)
	keyB, errB := mailrecord.ParseDKIM(b)
	return errA == nil && errB == nil && keyA.SameKey(keyB) &&
		sameSet(keyA.Flags, keyB.Flags) && sameSet(keyA.Hashes, keyB.Hashes) && sameSet(keyA.Services, keyB.Services)
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func sameDMARC(a, b string) bool {
	policyA, errA := mailrecord.ParseDMARC(a)
	policyB, errB := mailrecord.ParseDMARC(b)
	return errA == nil && errB == nil && policyA.String() == policyB.String()
}
