package cert

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

// chain is a host's certificate followed by its intermediate certificates. Each is signed by the
// next.
type chain []*x509.Certificate

// parseChain parses a chain in PEM form and checks its order. Its errors never quote the text,
// because the text may contain a key by mistake.
func parseChain(text string) (chain, error) {
	blocks, err := pemBlocks(text)
	if err != nil {
		return nil, err
	}
	var chain chain
	for i, block := range blocks {
		switch {
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil, errors.New("block " + ordinal(i) + " is a private key, which does not belong here: set private_key_pem_wo or private_key_pem to it, " +
				"and treat it as compromised if this value was stored or shown anywhere")
		case block.Type != "CERTIFICATE":
			return nil, fmt.Errorf("block %s is not a certificate but %q", ordinal(i), block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %s cannot be read: %w", ordinal(i), err)
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return nil, errors.New("there is no certificate in PEM form in it (-----BEGIN CERTIFICATE-----)")
	}
	if len(chain) > 1 && chain[0].IsCA {
		return nil, fmt.Errorf("the first certificate, of %s, is that of an authority: the host's own comes first, and each is signed by the next", chain[0].Subject)
	}
	for i, c := range chain[:len(chain)-1] {
		next := chain[i+1]
		if err := c.CheckSignatureFrom(next); err != nil {
			return nil, fmt.Errorf("the chain is out of order: certificate %s, of %s, is not signed by the one after it, of %s, but by %s. "+
				"The host's own comes first, and each is signed by the next (%w)", ordinal(i), c.Subject, next.Subject, c.Issuer, err)
		}
	}
	return chain, nil
}

// pemBlocks returns all PEM blocks of a text. pem.Decode skips blocks that it cannot read;
// pemBlocks returns an error instead.
func pemBlocks(text string) ([]*pem.Block, error) {
	var blocks []*pem.Block
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		blocks = append(blocks, block)
	}
	if begun := strings.Count(text, "-----BEGIN "); begun != len(blocks) {
		return nil, fmt.Errorf("%d of the %d PEM blocks in it cannot be read: lines are missing, joined or indented", begun-len(blocks), begun)
	}
	return blocks, nil
}

// ordinal returns an index as messages count, from 1.
func ordinal(i int) string { return fmt.Sprintf("%d", i+1) }

// pem returns the chain in PEM form, without the text around the certificates.
func (chain chain) pem() []byte {
	var out []byte
	for _, c := range chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// checkKey checks that the key belongs to the host's certificate.
func (chain chain) checkKey(key privateKey) error {
	public, ok := key.signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	switch {
	case !ok:
		return fmt.Errorf("keys of the type %T are not known", key.signer.Public())
	case public.Equal(chain[0].PublicKey):
		return nil
	case slices.ContainsFunc(chain[1:], func(c *x509.Certificate) bool { return public.Equal(c.PublicKey) }):
		return errors.New("it is the key of another certificate of the chain, not of the first, which has to be the host's own")
	}
	return fmt.Errorf("it is not the key of the certificate of %s (serial number %s): use the key that the certificate was issued for", chain[0].Subject, chain[0].SerialNumber.Text(16))
}

// checkHost checks that clients which connect to the host accept the certificate.
func (chain chain) checkHost(host string) error {
	if chain[0].VerifyHostname(host) == nil {
		return nil
	}
	return fmt.Errorf("it is issued for %s; clients that connect to %s would refuse it", tlsprobe.Names(chain[0]), host)
}

// lacksIntermediates reports whether a single certificate cannot be verified with the root
// authorities alone; nil means the system's. A self-signed certificate has no intermediates.
func (chain chain) lacksIntermediates(roots *x509.CertPool, now time.Time) bool {
	leaf := chain[0]
	if leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil {
		return false
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now})
	return err != nil
}

// checkDates checks that all certificates are valid at a time.
func (chain chain) checkDates(now time.Time) error {
	for i, c := range chain {
		switch {
		case now.After(c.NotAfter):
			return fmt.Errorf("certificate %s, of %s, expired on %s, and clients would refuse it", ordinal(i), c.Subject, timeValue(c.NotAfter).ValueString())
		case now.Before(c.NotBefore):
			return fmt.Errorf("certificate %s, of %s, is not valid before %s; it is now %s", ordinal(i), c.Subject,
				timeValue(c.NotBefore).ValueString(), timeValue(now).ValueString())
		}
	}
	return nil
}

// privateKey is a private key and its PEM form. Its text forms never show the key.
type privateKey struct {
	signer crypto.Signer // nil if there is no key
	pem    []byte
}

// String hides the key from messages.
func (privateKey) String() string { return "(private key)" }

// GoString hides the key from %#v.
func (k privateKey) GoString() string { return k.String() }

// parsePrivateKey parses a private key in PEM form. All unreadable keys give the same error,
// because the parsers' own errors might quote parts of the key.
func parsePrivateKey(text string) (privateKey, error) {
	blocks, err := pemBlocks(text)
	if err != nil {
		return privateKey{}, err
	}
	// openssl ecparam writes the curve before the key. The key also names the curve.
	blocks = slices.DeleteFunc(blocks, func(b *pem.Block) bool { return b.Type == "EC PARAMETERS" })
	if len(blocks) != 1 {
		return privateKey{}, fmt.Errorf("one private key in PEM form is expected, but there are %d blocks in it", len(blocks))
	}
	block := blocks[0]
	if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
		return privateKey{}, errors.New("the key is encrypted, and there is no passphrase for it: decrypt it first, for example by openssl pkey")
	}
	var parsed any
	switch block.Type {
	case "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		return privateKey{}, fmt.Errorf("it is not a private key but %q", block.Type)
	}
	signer, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return privateKey{}, fmt.Errorf("the block %q holds no private key that can be used: it is damaged, too short (RSA below 1024 bits) or of another type", block.Type)
	}
	return privateKey{signer: signer, pem: pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})}, nil
}
