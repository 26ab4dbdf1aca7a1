package mailrecord

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"testing"
)

// inventedRSA returns an RSA public key of exactly so many bits whose modulus is no product of two
// primes: nobody can have its private key.
func inventedRSA(bits int) *rsa.PublicKey {
	modulus := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return &rsa.PublicKey{N: modulus.Add(modulus, big.NewInt(1)), E: 65537}
}

// rsaText returns an invented RSA key as people publish it: the base64 of a SubjectPublicKeyInfo.
func rsaText(t testing.TB, bits int) string {
	t.Helper()
	return spkiText(t, inventedRSA(bits))
}

// pkcs1Text returns an invented RSA key in the bare form.
func pkcs1Text(bits int) string {
	return base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(inventedRSA(bits)))
}

func spkiText(t testing.TB, public any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

// ed25519Text is an invented Ed25519 key.
func ed25519Text() string {
	return base64.StdEncoding.EncodeToString(inventedEd25519())
}

// inventedEd25519 returns 32 bytes that count up.
func inventedEd25519() ed25519.PublicKey {
	key := make(ed25519.PublicKey, ed25519.PublicKeySize)
	for i := range key {
		key[i] = byte(i)
	}
	return key
}
