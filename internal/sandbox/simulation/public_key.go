package simulation

import (
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
)

// PublicKey returns the text of an RSA key of 2048 bits for a DKIM record, the same for the same seed.
// Its modulus is a random number without a private key: simulated senders sign nothing.
func PublicKey(seed string) string {
	var modulus []byte
	for i := range 4 {
		sum := sha512.Sum512(fmt.Appendf(nil, "%s %d", seed, i))
		modulus = append(modulus, sum[:]...)
	}
	modulus[0] |= 0x80
	modulus[len(modulus)-1] |= 1
	key, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537})
	if err != nil {
		panic(err) // RSA keys can be encoded
	}
	return base64.StdEncoding.EncodeToString(key)
}
