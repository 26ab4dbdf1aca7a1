package mailrecord

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// shownBesideErrors is for errors about a private key. They do not quote it, but Terraform shows the
// variables and local values of an expression that fails, unless they are sensitive.
const shownBesideErrors = "Terraform shows values beside errors: if the key is shown here or in a log, make a new one"

var errPrivateKey = errors.New("this is a private key, and would be published; give the public key, such as the output of \"openssl pkey -pubout\". " + shownBesideErrors)

// readPublicKey reads a public key as users have it: PEM, or base64 with or without the ASN.1
// around it, in which blanks do not matter. It returns the key in the type that it has in
// crypto/x509. No error quotes the key, because it may be a private one by mistake.
func readPublicKey(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch {
	case isPrivateKey(text):
		return nil, errPrivateKey
	case strings.Contains(text, "-----BEGIN"):
		return readPEMKey(text)
	case strings.HasPrefix(text, "ssh-"), strings.HasPrefix(text, "ecdsa-sha2-"):
		return nil, errors.New("this is a key for SSH, which has another format; \"ssh-keygen -e -m PKCS8 -f FILE\" shows an RSA key as PEM")
	case strings.Contains(text, ";"), strings.Contains(text, "\""):
		return nil, errors.New("this is more than the key: write only what follows p=, without quotes")
	}
	der, err := decodeKey(withoutBlanks(text))
	if err != nil {
		return nil, err
	}
	return readDERKey(der)
}

func readPEMKey(text string) (any, error) {
	block, rest := pem.Decode(outdented(text))
	switch {
	case block == nil:
		return nil, errors.New("the PEM is not complete (was it cut off, or are its line breaks missing?)")
	case bytes.Contains(rest, []byte("-----BEGIN")):
		return nil, errors.New("there is more than one key in the PEM")
	case block.Type == "CERTIFICATE":
		return nil, errors.New("this is a certificate; \"openssl x509 -pubkey -noout -in FILE\" shows its public key")
	case block.Type != "PUBLIC KEY" && block.Type != "RSA PUBLIC KEY":
		return nil, fmt.Errorf("the PEM has no public key, but %q", block.Type)
	}
	return readDERKey(block.Bytes)
}

// outdented returns a text without the blanks at both ends of its lines. PEM in a heredoc is often
// indented, as PEM may not be.
func outdented(text string) []byte {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return []byte(strings.Join(lines, "\n"))
}

func readDERKey(der []byte) (any, error) {
	if len(der) == ed25519.PublicKeySize {
		return ed25519.PublicKey(der), nil
	}
	if public, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return public, nil
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("%d bytes that are no public key (was the key cut off?)", len(der))
	}
	return public, nil
}

// keyTypeOf returns the DKIM key type of a public key, and what p= has for it.
func keyTypeOf(public any) (keyType string, der []byte, err error) {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return KeyTypeEd25519, key, nil
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(key)
		return KeyTypeRSA, der, err
	case *ecdsa.PublicKey:
		return "", nil, errors.New("this is an ECDSA key, which DKIM does not know; it takes RSA and Ed25519")
	}
	return "", nil, fmt.Errorf("this is a key of the type %T, which DKIM does not know; it takes RSA and Ed25519", public)
}

// isPrivateKey reports whether a text is, or contains, a private key in one of the usual forms, even
// if its end is missing. A bare Ed25519 key cannot be told from its public key.
func isPrivateKey(text string) bool {
	upper := strings.ToUpper(text)
	for _, mark := range []string{"PRIVATE KEY", "PRIVATE-KEY", "PRIVATE-LINES", "PUTTY-USER-KEY-FILE"} {
		if strings.Contains(upper, mark) {
			return true
		}
	}
	compact := withoutBlanks(text)
	compact = compact[:len(compact)-len(compact)%4]
	der, err := decodeKey(compact)
	if err != nil {
		return false
	}
	return bytes.HasPrefix(der, []byte("openssh-key-v1")) || beginsWithVersion(der)
}

// beginsWithVersion reports whether DER begins as the private keys of PKCS #1, PKCS #8 and SEC 1
// do: with a sequence whose first element is the number 0 or 1. Public keys begin with a large
// number or with another sequence.
func beginsWithVersion(der []byte) bool {
	if len(der) < 2 || der[0] != 0x30 {
		return false
	}
	header := 2
	if der[1] >= 0x80 {
		header += int(der[1] & 0x7F)
	}
	return len(der) > header+3 && bytes.HasPrefix(der[header:], []byte{0x02, 0x01}) && der[header+2] <= 1
}
