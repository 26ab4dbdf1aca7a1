package mailrecord

import (
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// DKIMParts are the tags of a DKIM key record that is to be built. Nil means that the record does
// not have the tag.
type DKIMParts struct {
	// P is the public key as PEM or base64; empty to revoke the key of the selector.
	P *string
	// K is the key type. Nil means that of the key.
	K *string
	// T are flags, S the uses, and H the hashes.
	T, S, H []string
}

// Text builds the record. Its error names each tag that is wrong, and never quotes the key.
func (p DKIMParts) Text() (string, error) {
	var wrong faults
	record := DKIM{Version: dkimVersion, KeyType: KeyTypeRSA}
	if p.K != nil {
		keyType, err := oneOf(*p.K, KeyTypeRSA, KeyTypeEd25519)
		wrong.wrap("k", err)
		record.KeyType = keyType
	}
	switch {
	case p.P == nil:
		wrong.add("p", "it is required: the public key")
	case strings.TrimSpace(*p.P) != "":
		keyType, key, err := buildKey(*p.P)
		switch {
		case err != nil:
			wrong.wrap("p", err)
		case p.K != nil && record.KeyType != "" && *p.K != keyType:
			wrong.add("k", "the key is not of the type %q, but of %q", *p.K, keyType)
		}
		record.KeyType, record.PublicKey = keyType, key
	}
	record.Flags = buildTagList("t", p.T, &wrong, "y", "s")
	record.Services = buildTagList("s", p.S, &wrong, "email", "*")
	record.Hashes = buildTagList("h", p.H, &wrong, "sha256")
	if err := wrong.err(); err != nil {
		return "", err
	}
	return record.String(), nil
}

// buildKey returns the type of a public key and what p= has for it.
func buildKey(text string) (keyType, key string, err error) {
	public, err := readPublicKey(text)
	if err != nil {
		return "", "", err
	}
	keyType, der, err := keyTypeOf(public)
	if err != nil {
		return "", "", err
	}
	if rsaKey, ok := public.(*rsa.PublicKey); ok {
		switch bits := rsaKey.N.BitLen(); {
		case bits < minRSABits:
			return "", "", fmt.Errorf("the RSA key has %d bits; receivers reject any under %d (RFC 8301)", bits, minRSABits)
		case bits < advisedRSABits:
			return "", "", fmt.Errorf("the RSA key has %d bits; at least %d are advised (RFC 8301), so make a new key. If a service has made the key, publish its text as it is, without this function", bits, advisedRSABits)
		case bits > maxRSABits:
			return "", "", fmt.Errorf("the RSA key has %d bits; receivers need not support more than %d (RFC 8301)", bits, maxRSABits)
		}
	}
	return keyType, base64.StdEncoding.EncodeToString(der), nil
}

// buildTagList checks the elements of a tag that is a list. Each may have several, with colons in
// between, as the record has them.
func buildTagList(name string, elements []string, wrong *faults, known ...string) []string {
	var built []string
	for _, text := range elements {
		for item := range strings.SplitSeq(text, ":") {
			item, err := oneOf(strings.ToLower(strings.TrimSpace(item)), known...)
			switch {
			case err != nil && item == "" && name == "h" && strings.Contains(strings.ToLower(text), "sha1"):
				wrong.add(name, "receivers do not accept sha1 any more (RFC 8301); write sha256, or leave the attribute out")
			case err != nil:
				wrong.wrap(name, err)
			case !slices.Contains(built, item):
				built = append(built, item)
			}
		}
	}
	return built
}
