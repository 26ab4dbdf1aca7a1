package dns

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// isSPF is whether a record is an SPF record of its name.
func (r Record) isSPF() bool { return r.Type == "TXT" && mailrecord.IsSPF(r.Value) }

// kind is what receivers take a TXT record for, by its name and its text. SPF
// records are told by isSPF, as they may be at every name.
func (r Record) kind() mailrecord.TextKind {
	if r.Type != "TXT" {
		return mailrecord.OtherText
	}
	if kind := mailrecord.KindAt(r.Name); kind.Is(r.Value) {
		return kind
	}
	return mailrecord.OtherText
}

// isDMARC is whether a record is a DMARC policy where receivers look for one.
func (r Record) isDMARC() bool { return r.kind() == mailrecord.DMARCText }

// isDKIM is whether a record is where a DKIM key is looked for, below _domainkey; a
// selector may have dots (RFC 6376 section 3.1). Any second TXT record there makes
// the key undefined (section 3.6.2.2), whatever it says.
func (r Record) isDKIM() bool { return r.kind() == mailrecord.DKIMText }

// excludes is whether two different records cannot both be right, although they
// are in one record set: a name has one CNAME, one SPF record, and one record of
// each kind of which receivers accept only one.
func excludes(a, b Record) bool {
	if a.SetKey() != b.SetKey() {
		return false
	}
	return a.Type == "CNAME" || a.isSPF() && b.isSPF() || a.kind().OnePerName() != "" && a.kind() == b.kind()
}

// Equivalent is whether two records say the same: their identity is the same,
// or they are DKIM key records with the same key, or DMARC, MTA-STS, TLS-RPT or BIMI
// records with the same tags. Such a record is left as whoever wrote it spelled it.
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
