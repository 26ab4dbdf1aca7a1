package mailrecord

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// DKIMFault is a reason why no signature can be verified with a DKIM key record.
type DKIMFault struct {
	// Kind says what the reason is about.
	Kind DKIMFaultKind
	// Err names the tag.
	Err error
}

// DKIMFaultKind is what a [DKIMFault] is about.
type DKIMFaultKind int

// The kinds of faults.
const (
	DKIMSyntax  DKIMFaultKind = iota // the record cannot be read
	DKIMKeyType                      // the key type is not known
	DKIMHash                         // h= leaves out sha256
	DKIMService                      // s= leaves out mail
	DKIMKeySize                      // the key is too short, or not of its type's length
	DKIMPrivate                      // the key is a private one, which everybody can read now
)

// edKeyLength is how long an Ed25519 key is in base64. Its bytes may look like the beginning of
// anything.
const edKeyLength = 44

var errPublishedKey = errors.New("this is a private key, and everybody can read it: make a new pair of keys, and publish the public one at a new selector")

// InspectDKIM reads the joined text of a DKIM key record as far as it can be read, and lists all
// reasons why no signature can be verified with it, in the order of the record. [ParseDKIM] returns
// the first of them.
func InspectDKIM(text string) (DKIM, []DKIMFault) {
	tags, err := parseTags(text)
	if pem := withoutNotes(text); strings.Contains(pem, "-----BEGIN") && isPrivateKey(pem) {
		return DKIM{}, []DKIMFault{{DKIMPrivate, errPublishedKey}}
	}
	if err != nil {
		return DKIM{}, []DKIMFault{{DKIMSyntax, err}}
	}
	key := DKIM{KeyType: KeyTypeRSA}
	var faults []DKIMFault
	hasKey := false
	for i, tag := range tags {
		if tag.name != "p" && tag.name != "n" {
			if err := tag.checkEnd(); err != nil {
				faults = append(faults, DKIMFault{DKIMSyntax, err})
				continue
			}
		}
		if tag.name == "p" {
			hasKey = true
		}
		if fault := key.set(tag, i == 0); fault.Err != nil {
			faults = append(faults, fault)
		}
	}
	if !hasKey {
		return key, append(faults, DKIMFault{DKIMSyntax, errors.New("tag p=: the public key is missing")})
	}
	if key.KeyType != KeyTypeRSA && key.KeyType != KeyTypeEd25519 {
		return key, faults
	}
	if len(key.PublicKey) > edKeyLength && isPrivateKey(key.PublicKey) {
		return key, append(faults, DKIMFault{DKIMPrivate, fmt.Errorf("tag p=: %w", errPublishedKey)})
	}
	var kind DKIMFaultKind
	if key.Bits, kind, err = key.length(); err != nil {
		faults = append(faults, DKIMFault{kind, fmt.Errorf("tag p=: %w", err)})
	}
	return key, faults
}

// set takes over the value of one tag.
func (k *DKIM) set(t tag, first bool) (fault DKIMFault) {
	var err error
	switch t.name {
	case "v":
		switch {
		case !first:
			fault.Err = errors.New("tag v=: it has to be the first one")
		case t.value != dkimVersion:
			fault.Err = fmt.Errorf("tag v=: %q is not %q", t.value, dkimVersion)
		default:
			k.Version = t.value
		}
	case "k":
		k.KeyType = strings.ToLower(t.value)
		if k.KeyType != KeyTypeRSA && k.KeyType != KeyTypeEd25519 {
			return DKIMFault{DKIMKeyType, fmt.Errorf("tag k=: the key type %q is neither %q nor %q", t.value, KeyTypeRSA, KeyTypeEd25519)}
		}
	case "h":
		if k.Hashes, err = colonList(t); err != nil {
			fault.Err = err
		} else if !slices.Contains(k.Hashes, "sha256") {
			return DKIMFault{DKIMHash, fmt.Errorf("tag h=: %q leaves out sha256, the only hash that verifiers still accept (RFC 8301)", t.value)}
		}
	case "s":
		if k.Services, err = colonList(t); err != nil {
			fault.Err = err
		} else if !slices.Contains(k.Services, "*") && !slices.Contains(k.Services, "email") {
			return DKIMFault{DKIMService, fmt.Errorf("tag s=: %q does not include email: verifiers of mail ignore the key", t.value)}
		}
	case "t":
		k.Flags, fault.Err = colonList(t)
	case "n":
		k.Notes = t.value
	case "p":
		k.PublicKey = withoutBlanks(t.value)
	}
	return fault
}

// length returns the length of the key in bits, and what is wrong with the key.
func (k *DKIM) length() (bits int, kind DKIMFaultKind, err error) {
	bits, err = keyBits(k.KeyType, k.PublicKey)
	if err == nil {
		return bits, 0, nil
	}
	if _, unreadable := decodeKey(k.PublicKey); unreadable != nil {
		return bits, DKIMSyntax, err
	}
	if bits > 0 || k.KeyType == KeyTypeEd25519 {
		return bits, DKIMKeySize, err
	}
	return bits, DKIMSyntax, err
}
