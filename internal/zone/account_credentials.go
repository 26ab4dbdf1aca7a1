package zone

import (
	"crypto/sha256"
	"encoding/json"
	"net/url"
)

// editorKey names an account at a host by its credentials, as [AccountAt] has them.
type editorKey struct{ host, Account string }

// AccountAt makes one text of what decides which account a block reaches and with
// which rights: the address of the API (nil where there is none) and the credentials,
// with defaults filled in. Equal accounts have equal texts. It is a hash, so that no
// secret can be read from it.
func AccountAt(address *url.URL, credentials ...string) string {
	if address != nil {
		credentials = append(credentials, address.String())
	}
	text, err := json.Marshal(credentials) // so that it is clear where each of them ends
	if err != nil {
		panic("credentials that are no JSON: " + err.Error()) // texts always are
	}
	sum := sha256.Sum256(text)
	return string(sum[:])
}
