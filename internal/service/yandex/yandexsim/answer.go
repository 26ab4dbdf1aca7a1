package yandexsim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// object is a JSON object of an answer.
type object = map[string]any

// refusal is the API's answer to a call that it does not carry out: an error code.
type refusal string

// The codes that the documentation lists for every call alike.
const (
	codeUnknown      refusal = "unknown"     // something went wrong, and may not the next time
	codeNoDomain     refusal = "no_domain"   // the parameter was not sent
	codeBadDomain    refusal = "bad_domain"  // it is empty or no name of a host
	codeProhibited   refusal = "prohibited"  // nobody may have that domain
	codeNoAuth       refusal = "no_auth"     // no token was sent
	codeBadToken     refusal = "bad_token"   // it is none
	codeNotAllowed   refusal = "not_allowed" // the user is not the domain's administrator, or cannot do that now
	codeBlocked      refusal = "blocked"     // the domain, for spam for instance
	codeOccupied     refusal = "occupied"    // another user has the domain; the login is taken
	codeLimitReached refusal = "domain_limit_reached"
	codeBadLogin     refusal = "bad_login"
	codeBadPassword  refusal = "bad_passwd"
)

// Codes that the documentation does not list, but that clients of the service handle.
const (
	codeBadOAuth        refusal = "bad_oauth"
	codeBadCountry      refusal = "bad_country"
	codeNoLogin         refusal = "no_login"
	codeNoPassword      refusal = "no_password"
	codeNoAccountGiven  refusal = "no_uid_or_login"
	codeAccountNotFound refusal = "account_not_found"
)

func (r refusal) Error() string { return "error code " + string(r) }

func (r refusal) object(b behaviour) object {
	answer := object{"error": string(r)}
	if !b.withoutSuccess {
		answer["success"] = "error"
	}
	return answer
}

func writeJSON(w http.ResponseWriter, content object) {
	text, err := spaced(content)
	if err != nil {
		simulation.Broken(w, title, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	io.WriteString(w, text) //nolint:errcheck // the client is gone: there is nobody left to tell
}

// spaced writes JSON like the service: on one line, with a space after each colon and comma.
// Existing shell scripts, which parse answers with sed, depend on that.
func spaced(content object) (string, error) {
	var text, lines bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(content); err != nil {
		return "", err
	}
	if err := json.Indent(&lines, text.Bytes(), "", ""); err != nil {
		return "", err
	}
	// Line feeds within strings are escaped, so these are from the indentation.
	return strings.NewReplacer(",\n", ", ", "\n", "").Replace(lines.String()), nil
}

// yesNo is the form of most flags.
func yesNo(flag bool) string {
	if flag {
		return "yes"
	}
	return "no"
}

// flag is the form of flags in the list of domains. The service has been seen to use both.
func (b behaviour) flag(set bool) any {
	if b.yesNoFlags {
		return yesNo(set)
	}
	return set
}
