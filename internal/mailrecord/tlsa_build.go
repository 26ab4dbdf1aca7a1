package mailrecord

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// TLSAParameters are the first three fields of a TLSA record (RFC 6698 section 2.1).
type TLSAParameters struct{ Usage, Selector, MatchingType int }

// ParseTLSAParameters reads parameters such as "3 1 1". It refuses usages that have no effect on
// mail between servers.
func ParseTLSAParameters(text string) (TLSAParameters, error) {
	fields := strings.Fields(text)
	if len(fields) != 3 {
		return TLSAParameters{}, fmt.Errorf(`%q is not of the form "3 1 1": usage, selector and matching type as three numbers`, text)
	}
	var numbers [3]int
	for i, field := range fields {
		limit := []int{3, 1, 2}[i]
		number, err := strconv.Atoi(field)
		if err != nil || number < 0 || number > limit {
			return TLSAParameters{}, fmt.Errorf("the %s, %q, is not a number from 0 to %d", []string{"usage", "selector", "matching type"}[i], field, limit)
		}
		numbers[i] = number
	}
	if numbers[0] < 2 {
		return TLSAParameters{}, fmt.Errorf("mail servers ignore records of usage %d (RFC 7672 section 3.1.3); write 3 for the server's own key or certificate, or 2 for that of its certification authority", numbers[0])
	}
	return TLSAParameters{Usage: numbers[0], Selector: numbers[1], MatchingType: numbers[2]}, nil
}

// Text builds the data of the TLSA record of a certificate, or, with selector 1, of a public key,
// both in PEM. Of a chain it takes the certificate of the server, which comes first. No error
// quotes the PEM.
func (p TLSAParameters) Text(text string) (string, error) {
	if isPrivateKey(text) {
		return "", errors.New("there is a private key in the PEM; give the certificate alone, or the public key. " + shownBesideErrors)
	}
	blocks, err := pemBlocks(text)
	if err != nil {
		return "", err
	}
	subject, err := p.subject(blocks)
	if err != nil {
		return "", err
	}
	switch p.MatchingType {
	case 1:
		sum := sha256.Sum256(subject)
		subject = sum[:]
	case 2:
		sum := sha512.Sum512(subject)
		subject = sum[:]
	}
	return fmt.Sprintf("%d %d %d %s", p.Usage, p.Selector, p.MatchingType, hex.EncodeToString(subject)), nil
}

func pemBlocks(text string) ([]*pem.Block, error) {
	var blocks []*pem.Block
	rest := outdented(text)
	for {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		blocks, rest = append(blocks, block), after
	}
	if len(blocks) == 0 || strings.Contains(string(rest), "-----BEGIN") {
		return nil, errors.New("this is not PEM, or it is not complete: it begins with \"-----BEGIN CERTIFICATE-----\"")
	}
	return blocks, nil
}

// subject returns the DER of what the record is about.
func (p TLSAParameters) subject(blocks []*pem.Block) ([]byte, error) {
	first := blocks[0]
	switch {
	case first.Type == "PUBLIC KEY" && p.Selector == 1:
		if _, err := x509.ParsePKIXPublicKey(first.Bytes); err != nil {
			return nil, errors.New("the public key cannot be read")
		}
		return first.Bytes, nil
	case first.Type == "PUBLIC KEY":
		return nil, errors.New("with selector 0, the whole certificate is needed, and not only its public key")
	case first.Type != "CERTIFICATE":
		return nil, fmt.Errorf("the PEM has no certificate, but %q", first.Type)
	}
	certificate, err := x509.ParseCertificate(first.Bytes)
	if err != nil {
		return nil, errors.New("the certificate cannot be read")
	}
	switch {
	case p.Usage == 2 && len(blocks) > 1:
		return nil, errors.New("with usage 2, give the certificate of the certification authority alone, because a chain may have several")
	case p.Usage == 2 && !certificate.IsCA:
		return nil, errors.New("with usage 2, the certificate of the certification authority is needed, and this is not one")
	case p.Usage == 3 && certificate.IsCA && len(blocks) > 1:
		return nil, errors.New("the first certificate is that of a certification authority; the chain has to begin with the certificate of the server")
	}
	if p.Selector == 1 {
		return certificate.RawSubjectPublicKeyInfo, nil
	}
	return first.Bytes, nil
}
