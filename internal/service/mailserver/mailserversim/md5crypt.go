package mailserversim

import (
	"crypto/md5"
	"crypto/rand"
)

// cryptAlphabet is the alphabet of crypt(3), in the order of its values, which differs from base64.
const cryptAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// md5CryptRounds is fixed by the scheme: a hash has no field that could say another number.
const md5CryptRounds = 1000

// newSalt returns eight random characters, the longest salt that md5-crypt takes.
func newSalt() string {
	random := make([]byte, 8)
	rand.Read(random) // crypto/rand.Read never fails: it ends the program instead
	for i, b := range random {
		random[i] = cryptAlphabet[b&0x3f]
	}
	return string(random)
}

// md5Crypt hashes a password by the scheme that crypt(3) marks with $1$, as "openssl passwd -1"
// does. The salt has at most eight characters of cryptAlphabet.
func md5Crypt(password, salt string) string {
	const magic = "$1$"
	pw := []byte(password)

	alternate := md5.Sum([]byte(password + salt + password))
	outer := md5.New()
	outer.Write([]byte(password + magic + salt))
	for rest := len(pw); rest > 0; rest -= md5.Size {
		outer.Write(alternate[:min(rest, md5.Size)])
	}
	// The scheme walks over the bits of the length; for each it adds one byte: a zero, or the first
	// of the password.
	for bits := len(pw); bits > 0; bits >>= 1 {
		if bits&1 != 0 {
			outer.Write([]byte{0})
		} else {
			outer.Write(pw[:1])
		}
	}
	sum := outer.Sum(nil)

	for round := range md5CryptRounds {
		h := md5.New()
		if round%2 != 0 {
			h.Write(pw)
		} else {
			h.Write(sum)
		}
		if round%3 != 0 {
			h.Write([]byte(salt))
		}
		if round%7 != 0 {
			h.Write(pw)
		}
		if round%2 != 0 {
			h.Write(sum)
		} else {
			h.Write(pw)
		}
		sum = h.Sum(sum[:0:0])
	}
	return magic + salt + "$" + encodeMD5Crypt(sum)
}

// encodeMD5Crypt writes the sixteen bytes of a digest as 22 characters: five groups of three bytes
// in the scheme's own order, six bits a character and the lowest first, then the one byte that is
// left.
func encodeMD5Crypt(sum []byte) string {
	var out []byte
	put := func(value uint32, characters int) {
		for range characters {
			out = append(out, cryptAlphabet[value&0x3f])
			value >>= 6
		}
	}
	for _, group := range [][3]int{{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}} {
		put(uint32(sum[group[0]])<<16|uint32(sum[group[1]])<<8|uint32(sum[group[2]]), 4)
	}
	put(uint32(sum[11]), 2)
	return string(out)
}
