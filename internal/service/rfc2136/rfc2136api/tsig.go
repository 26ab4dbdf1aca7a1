package rfc2136api

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// fudge is by how many seconds the clocks may differ, as RFC 8945 section 10 recommends.
const fudge = 300

// algorithms are those of RFC 8945 section 6 that are still to be used.
var algorithms = map[string]func() hash.Hash{
	miekg.HmacSHA256: sha256.New,
	miekg.HmacSHA384: sha512.New384,
	miekg.HmacSHA512: sha512.New,
}

// key signs and verifies messages. It implements [miekg.TsigProvider].
type key struct {
	name      string // fully qualified
	algorithm string // fully qualified
	secret    []byte
}

func newKey(name, algorithm, secret string) (*key, error) {
	if name == "" || secret == "" {
		return nil, errors.New("a TSIG key needs a name and a secret; leave both out only for a server that goes by addresses")
	}
	canonical, err := dns.Canonical(name)
	if err != nil {
		return nil, fmt.Errorf("the name of the TSIG key: %w", err)
	}
	k := &key{name: miekg.Fqdn(canonical), algorithm: miekg.HmacSHA256}
	if algorithm != "" {
		if err := CheckAlgorithm(algorithm); err != nil {
			return nil, err
		}
		k.algorithm = miekg.CanonicalName(algorithm)
	}
	// The decoder's message would show which part of the secret is wrong.
	if k.secret, err = base64.StdEncoding.DecodeString(strings.TrimSpace(secret)); err != nil || len(k.secret) == 0 {
		return nil, fmt.Errorf("the secret of the TSIG key %q is not base64: copy what stands in quotes behind \"secret\" in the server's key file", canonical)
	}
	return k, nil
}

// Generate returns the MAC of a message.
func (k *key) Generate(msg []byte, t *miekg.TSIG) ([]byte, error) {
	if miekg.CanonicalName(t.Hdr.Name) != k.name || miekg.CanonicalName(t.Algorithm) != k.algorithm {
		return nil, miekg.ErrSecret
	}
	mac := hmac.New(algorithms[k.algorithm], k.secret)
	mac.Write(msg)
	return mac.Sum(nil), nil
}

// Verify compares a message's MAC with the expected one.
func (k *key) Verify(msg []byte, t *miekg.TSIG) error {
	want, err := k.Generate(msg, t)
	if err != nil {
		return err
	}
	got, err := hex.DecodeString(t.MAC)
	if err != nil || !hmac.Equal(got, want) {
		return miekg.ErrSig
	}
	return nil
}

// signing is one signed request and the answer to it, which may have many messages.
type signing struct {
	key      *key   // nil: messages are neither signed nor verified
	mac      string // of the last signed message, in hexadecimal
	answered bool   // a signed answer has arrived
	unsigned []byte // messages since then, which the next signature covers
}

// sign packs a message, with a TSIG record if there is a key.
func (s *signing) sign(msg *miekg.Msg, unix int64) ([]byte, error) {
	if s.key == nil {
		return msg.Pack()
	}
	msg.SetTsig(s.key.name, s.key.algorithm, fudge, unix)
	packed, mac, err := miekg.TsigGenerateWithProvider(msg, s.key, "", false)
	s.mac = mac
	return packed, err
}

// Errors of missing and wrong signatures.
var (
	errUnsigned = errors.New("the answer is not signed, so that anybody may have sent it")
	errForged   = errors.New("the signature of the answer is wrong, so that anybody may have sent it")
)

// maxUnsigned limits what is kept of a transfer between two signatures: 99 messages (RFC 8945
// section 5.3.1) of 64 KiB.
const maxUnsigned = 99 * miekg.MaxMsgSize

// verify checks the signature of an answer. It accepts an error without one, because a server that
// cannot verify a signature cannot sign either (RFC 8945 section 5.3.2). In the middle of a
// transfer messages may be unsigned: the next signature covers them.
func (s *signing) verify(packed []byte, reply *miekg.Msg, middle bool) error {
	if s.key == nil {
		return nil
	}
	tsig := reply.IsTsig()
	switch {
	case tsig == nil && middle && s.answered && len(s.unsigned) < maxUnsigned:
		s.unsigned = append(s.unsigned, packed...)
		return nil
	case reply.Rcode != miekg.RcodeSuccess && (tsig == nil || tsig.Error != miekg.RcodeSuccess || reply.Rcode == miekg.RcodeNotAuth):
		return nil
	case tsig == nil:
		return errUnsigned
	}
	provider := covering{key: s.key, at: macPrefix(s.mac), unsigned: s.unsigned}
	if err := miekg.TsigVerifyWithProvider(packed, provider, s.mac, s.answered); err != nil {
		if errors.Is(err, miekg.ErrTime) {
			return fmt.Errorf("the answer was signed at a time that is more than %d seconds from this machine's clock", fudge)
		}
		return errForged
	}
	s.mac, s.answered, s.unsigned = tsig.MAC, true, nil
	return nil
}

// macPrefix is the size of the previous MAC, with its length, in the signed data.
func macPrefix(mac string) int {
	if mac == "" {
		return 0
	}
	return 2 + len(mac)/2
}

// covering verifies a signature that also covers earlier messages, which stand between the previous
// MAC and the message itself (RFC 8945 section 5.3.1).
type covering struct {
	*key
	at       int
	unsigned []byte
}

// Verify is [key.Verify] with the earlier messages inserted.
func (c covering) Verify(msg []byte, t *miekg.TSIG) error {
	whole := make([]byte, 0, len(msg)+len(c.unsigned))
	whole = append(append(append(whole, msg[:c.at]...), c.unsigned...), msg[c.at:]...)
	return c.key.Verify(whole, t)
}
