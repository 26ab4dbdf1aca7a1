package check

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
)

// logotype is the extension of a certificate that has the logo (RFC 3709).
var logotype = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 12}

// bimiCert is about the certificate for the logo. Its chain is not judged, because each receiver
// has authorities of its own for logos.
func (r *run) bimiCert(address string, cert, logo fetched) outcome {
	if address == "" {
		return warned("the record has no address of a mark certificate (a=)")
	}
	if !cert.ok() {
		return cert.outcome()
	}
	block, _ := pem.Decode(cert.body)
	if block == nil || block.Type != "CERTIFICATE" {
		return failed("the file of the mark certificate is not PEM")
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return failed("the mark certificate cannot be read")
	}
	if now := r.Now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return warned("the mark certificate is valid from %s to %s", leaf.NotBefore.UTC().Format("2006-01-02"), leaf.NotAfter.UTC().Format("2006-01-02"))
	}
	var extension []byte
	for _, e := range leaf.Extensions {
		if e.Id.Equal(logotype) {
			extension = e.Value
		}
	}
	switch {
	case extension == nil:
		return failed("the certificate has no logo in it, so it is not a mark certificate")
	case logo.err != nil:
		return couldNotLook(logo.err)
	case !logo.ok():
		return skipped("there is no logo to compare with")
	case !hasLogo(extension, logo.body):
		return failed("the mark certificate is for another logo")
	}
	return passed("valid until %s", leaf.NotAfter.UTC().Format("2006-01-02"))
}

// hasLogo reports whether the extension is about a logo: by its digest, or by the logo in it.
func hasLogo(extension, logo []byte) bool {
	svg, err := unzipped(logo)
	if err != nil {
		return false
	}
	for _, form := range [][]byte{logo, svg} {
		if sum := sha256.Sum256(form); bytes.Contains(extension, sum[:]) {
			return true
		}
	}
	_, data, found := bytes.Cut(extension, []byte("base64,"))
	if !found {
		return false
	}
	end := bytes.IndexFunc(data, func(c rune) bool {
		return (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '+' && c != '/' && c != '='
	})
	if end >= 0 {
		data = data[:end]
	}
	decoded, err := base64.StdEncoding.DecodeString(string(data))
	if err != nil {
		return false
	}
	embedded, err := unzipped(decoded)
	return err == nil && bytes.Equal(embedded, svg)
}

// unzipped unpacks a file if it is packed. It does not unpack more than maxFile.
func unzipped(file []byte) ([]byte, error) {
	if !bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
		return file, nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	unpacked, err := io.ReadAll(io.LimitReader(reader, maxFile+1))
	if err == nil && len(unpacked) > maxFile {
		err = fmt.Errorf("it has more than %d bytes", maxFile)
	}
	return unpacked, err
}
