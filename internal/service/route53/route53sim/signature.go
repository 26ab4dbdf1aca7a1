package route53sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// signature is the header Authorization of a signed call
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
type signature struct {
	accessKey string
	scope     string // DATE/REGION/SERVICE/aws4_request
	headers   []string
	value     string
}

const (
	algorithm = "AWS4-HMAC-SHA256"
	// scopeEnd ends the scope of each signature: the API has one region.
	scopeEnd = "/us-east-1/route53/aws4_request"
)

// readSignature reads the header.
func readSignature(header string) (signature, error) {
	if header == "" {
		return signature{}, refuse(http.StatusForbidden, "MissingAuthenticationToken", "Missing Authentication Token")
	}
	incomplete := refuse(http.StatusForbidden, "IncompleteSignature", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.")
	rest, found := strings.CutPrefix(header, algorithm+" ")
	if !found {
		return signature{}, incomplete
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	var s signature
	s.accessKey, s.scope, _ = strings.Cut(parts["Credential"], "/")
	s.headers, s.value = strings.Split(parts["SignedHeaders"], ";"), parts["Signature"]
	if s.scope == "" || s.value == "" {
		return signature{}, incomplete
	}
	if !strings.HasSuffix(s.scope, scopeEnd) {
		return signature{}, refuse(http.StatusForbidden, "SignatureDoesNotMatch", "Credential should be scoped to a valid region. ")
	}
	return s, nil
}

// matches calculates the signature of a request. The path is the one that the client has sent, which
// has something before the service's own if several services are at one address. The time is not
// compared with the clock, because that of a sandbox can be set.
func (s signature) matches(r *http.Request, body []byte, secret string) bool {
	paths := []string{r.URL.EscapedPath()}
	if sent, err := url.ParseRequestURI(r.RequestURI); err == nil && sent.EscapedPath() != paths[0] {
		paths = append(paths, sent.EscapedPath())
	}
	date, _, _ := strings.Cut(s.scope, "/")
	signing := []byte("AWS4" + secret)
	for step := range strings.SplitSeq(s.scope, "/") {
		signing = keyed(signing, step)
	}
	at := r.Header.Get("X-Amz-Date")
	return slices.Contains(s.headers, "host") && strings.HasPrefix(at, date) && slices.ContainsFunc(paths, func(path string) bool {
		text := strings.Join([]string{algorithm, at, s.scope, hashed([]byte(s.canonical(r, path, body)))}, "\n")
		return hmac.Equal([]byte(hex.EncodeToString(keyed(signing, text))), []byte(s.value))
	})
}

// canonical is the form of a request that is signed.
func (s signature) canonical(r *http.Request, path string, body []byte) string {
	var headers strings.Builder
	for _, name := range s.headers {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = r.Header.Get("Content-Length")
			if value == "" {
				value = itoa(len(body))
			}
		}
		headers.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	// Query encodes blanks as "+", and signatures as "%20".
	query := strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")
	return strings.Join([]string{r.Method, path, query, headers.String(), strings.Join(s.headers, ";"), hashed(body)}, "\n")
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text)) //nolint:errcheck // a hash takes everything
	return mac.Sum(nil)
}

func hashed(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
