package nameserver

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// Name is the name server of all zones. It is in none of them.
const Name = "ns1.nameserver.example"

// Kind is whether and how a server signs a zone.
type Kind int

// Kinds of zones.
const (
	// Plain is a zone without DNSSEC.
	Plain Kind = iota
	// Signed is a zone that the server signs itself, update by update.
	Signed
	// InlineSigned is a zone that BIND stores without signatures. It serves a signed copy, which it
	// updates in the background. Other servers do not have this kind.
	InlineSigned
)

// Access says who may transfer and update a zone.
type Access int

// Values of Access.
const (
	// Keys allows the keys of a [Server] what they are for, and nobody else anything.
	Keys Access = iota
	// Unsigned lets every client on this machine transfer and update the zone without a key.
	Unsigned
	// UnsignedUpdates lets every client on this machine update the zone without a key. Nobody may
	// transfer it without one.
	UnsignedUpdates
)

// Zone is a zone to be served.
type Zone struct {
	// Apex is the zone's name, without trailing dot.
	Apex string
	Kind Kind
	// Records are zone-file lines, relative to the apex; those without a TTL get 3600 seconds. The
	// server adds the SOA record and an NS record for [Name].
	Records []string
	Access  Access
	// Policy is what an update-policy of BIND grants, such as "grant updater.test. name
	// only.example.com. TXT;". If it is empty, all who have access may change every record. Other
	// servers ignore it.
	Policy string
}

// Text returns the zone as a zone file (RFC 1035 section 5).
func (z Zone) Text() string {
	return "$ORIGIN " + strings.TrimSuffix(z.Apex, ".") + ".\n" +
		"$TTL 3600\n" +
		"@ IN SOA " + Name + ". hostmaster 1 7200 900 1209600 300\n" +
		"@ IN NS " + Name + ".\n" +
		strings.Join(z.Records, "\n") + "\n"
}

// Key is a TSIG key (RFC 8945).
type Key struct {
	// Name is a domain name without trailing dot, Algorithm one such as "hmac-sha256".
	Name, Algorithm string
	// Secret is in base64.
	Secret string
}

func newKey(name string) Key {
	secret := make([]byte, 32)
	rand.Read(secret) //nolint:errcheck // it never fails
	return Key{Name: name, Algorithm: "hmac-sha256", Secret: base64.StdEncoding.EncodeToString(secret)}
}
