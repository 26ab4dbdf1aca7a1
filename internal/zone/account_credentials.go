package zone

import (
	"crypto/sha256"
	"encoding/json"
	"net/url"
)

// editorKey identifies an account at a host by its credentials; see [AccountAt].
type editorKey struct{ host, Account string }

// AccountAt returns a text that is equal for equal accounts. It depends on the address of the API,
// which is nil if there is none, and on the credentials with defaults filled in. These decide which
// account a block reaches and with which rights. The text is a hash, so that it shows no secret.
func AccountAt(address *url.URL, credentials ...string) string {
	if address != nil {
		credentials = append(credentials, address.String())
	}
	text, err := json.Marshal(credentials) // shows where each of them ends
	if err != nil {
		panic("credentials that are no JSON: " + err.Error()) // strings always can be encoded
	}
	sum := sha256.Sum256(text)
	return string(sum[:])
}
