package mailrecord

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// Key types of DKIM (RFC 6376 section 3.6.1, RFC 8463 section 3), values of DKIM.KeyType.
const (
	KeyTypeRSA     = "rsa"
	KeyTypeEd25519 = "ed25519"
)

const (
	dkimVersion = "DKIM1"

	// RFC 8301 section 3.2: signatures by shorter RSA keys are never valid, at least 2048 bits are
	// advised, and verifiers need not support more than 4096.
	minRSABits     = 1024
	advisedRSABits = 2048
	maxRSABits     = 4096
)

// DKIM is a DKIM key record (RFC 6376 section 3.6.1), the TXT at SELECTOR._domainkey.DOMAIN.
// Unknown tags are ignored, as the RFC demands.
type DKIM struct {
	// Version is "DKIM1", or empty if the record has none.
	Version string
	// KeyType is KeyTypeEd25519 or KeyTypeRSA, which is the default.
	KeyType string
	// Hashes are the hash algorithms that signatures may use, in lower case; none means all.
	Hashes []string
	// Services are the allowed uses of the key, in lower case; none means all.
	Services []string
	// Flags are in lower case: "y" (the domain is testing), "s" (the identity's domain must be the
	// signing domain itself), or unknown ones, which are ignored.
	Flags []string
	// Notes are for people, in quoted-printable.
	Notes string
	// PublicKey is the key in base64 without blanks; empty means revoked.
	PublicKey string
	// Bits is the size of the RSA modulus, or 256 for Ed25519; 0 for a revoked key.
	Bits int
}

// ParseDKIM reads the joined text of a DKIM key record. If no signature can be verified with the
// record (an unknown key type, an RSA key under 1024 bits, a key for other uses than mail), the
// error names the tag. A revoked key is no error.
func ParseDKIM(text string) (DKIM, error) {
	key, err := parseDKIM(text)
	if err != nil {
		return DKIM{}, fmt.Errorf("DKIM key record: %w", err)
	}
	return key, nil
}

func parseDKIM(text string) (DKIM, error) {
	key, faults := InspectDKIM(text)
	if len(faults) > 0 {
		return DKIM{}, faults[0].Err
	}
	return key, nil
}

// colonList reads the value of a tag that is a list, such as "sha1 : sha256".
func colonList(t tag) ([]string, error) {
	items := strings.Split(strings.ToLower(t.value), ":")
	for i, item := range items {
		if items[i] = strings.Trim(item, tagBlanks); items[i] == "" {
			return nil, fmt.Errorf("tag %s=: entry %d of the list is empty", t.name, i+1)
		}
	}
	return items, nil
}

func decodeKey(publicKey string) ([]byte, error) {
	// The grammar allows to omit the padding.
	unpadded := strings.TrimSuffix(strings.TrimSuffix(publicKey, "="), "=")
	der, err := base64.RawStdEncoding.DecodeString(unpadded)
	if err != nil {
		return nil, fmt.Errorf("the public key is not base64: %w (was it cut off or pasted with quotes?)", err)
	}
	return der, nil
}

// keyBits returns the length of a key. It may do so together with an error about the length.
func keyBits(keyType, publicKey string) (int, error) {
	if publicKey == "" {
		return 0, nil
	}
	der, err := decodeKey(publicKey)
	if err != nil {
		return 0, err
	}
	if keyType == KeyTypeEd25519 {
		if len(der) != ed25519.PublicKeySize {
			return 0, fmt.Errorf("an ed25519 key has %d bytes, this one %d (the bare key is needed, without the ASN.1 around it)", ed25519.PublicKeySize, len(der))
		}
		return len(der) * 8, nil
	}
	public, err := parseRSA(der)
	if err != nil {
		return 0, err
	}
	if bits := public.N.BitLen(); bits < minRSABits {
		return bits, fmt.Errorf("the RSA key has %d bits; verifiers reject any under %d (RFC 8301)", bits, minRSABits)
	}
	return public.N.BitLen(), nil
}

// parseRSA accepts both forms that verifiers accept: the bare RSAPublicKey that RFC 6376 names, and
// the SubjectPublicKeyInfo of its example, which everyone publishes.
func parseRSA(der []byte) (*rsa.PublicKey, error) {
	if public, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return public, nil
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("%d bytes that are no RSA public key in DER (was the key cut off?)", len(der))
	}
	rsaKey, ok := public.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the key is not an RSA key but an %T, and k= says rsa or nothing, which means rsa", public)
	}
	return rsaKey, nil
}

// Revoked reports whether the record withdraws its selector: its public key is empty.
func (k DKIM) Revoked() bool { return k.PublicKey == "" }

// Testing reports whether the domain is only testing (t=y). Verifiers then treat its mail as
// unsigned.
func (k DKIM) Testing() bool { return slices.Contains(k.Flags, "y") }

// SameKey reports whether both records have the same key, whatever else differs. Revoked records
// have none.
func (k DKIM) SameKey(other DKIM) bool {
	if k.Revoked() || other.Revoked() || k.KeyType != other.KeyType {
		return false
	}
	mine, err := decodeKey(k.PublicKey)
	if err != nil {
		return false
	}
	theirs, err := decodeKey(other.PublicKey)
	return err == nil && bytes.Equal(mine, theirs)
}

// Warnings lists what works but should be changed.
func (k DKIM) Warnings() []string {
	if k.Revoked() {
		return []string{"DKIM key record: the key is revoked (p= is empty): signatures with it do not verify"}
	}
	var warnings []string
	if k.Testing() {
		warnings = append(warnings, "DKIM key record: t=y says that the domain is only testing: receivers treat signed mail as unsigned")
	}
	switch {
	case k.KeyType == KeyTypeRSA && k.Bits < advisedRSABits:
		warnings = append(warnings, fmt.Sprintf("DKIM key record: the RSA key has %d bits, at least %d are advised (RFC 8301)", k.Bits, advisedRSABits))
	case k.KeyType == KeyTypeRSA && k.Bits > maxRSABits:
		warnings = append(warnings, fmt.Sprintf("DKIM key record: the RSA key has %d bits; verifiers need not support more than %d (RFC 8301)", k.Bits, maxRSABits))
	}
	return warnings
}

// String writes the record in the order of opendkim-genkey, so that a key from that program keeps
// its text.
func (k DKIM) String() string {
	var tags []string
	add := func(name, value string) {
		if value != "" {
			tags = append(tags, name+"="+value)
		}
	}
	add("v", k.Version)
	add("h", strings.Join(k.Hashes, ":"))
	add("k", k.KeyType)
	add("s", strings.Join(k.Services, ":"))
	add("t", strings.Join(k.Flags, ":"))
	add("n", k.Notes)
	return strings.Join(append(tags, "p="+k.PublicKey), "; ")
}
