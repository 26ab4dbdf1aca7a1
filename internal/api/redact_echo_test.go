package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"html"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode"
)

// certificate and pemKey are a pair, in PEM form.
var certificate, pemKey = func() ([]byte, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
}()

// echoForms are the ways in which a service may send a secret back.
func echoForms(secret string) map[string]string {
	mixed := 0
	cases := map[string]string{
		"as it is": secret, "upper": strings.ToUpper(secret), "lower": strings.ToLower(secret),
		"mixed": strings.Map(func(r rune) rune {
			if mixed++; mixed%2 == 0 {
				return unicode.ToUpper(r)
			}
			return unicode.ToLower(r)
		}, secret),
	}
	forms := map[string]string{}
	for name, s := range cases {
		quoted, _ := json.Marshal(s) // a text always has an encoding
		inJSON := string(quoted[1 : len(quoted)-1])
		twice, _ := json.Marshal(inJSON)
		claims := base64.RawURLEncoding.EncodeToString([]byte(`{"exp":1,"key":"` + inJSON + `"}`))
		for encoding, form := range map[string]string{
			"plain":             s,
			"query":             url.QueryEscape(s),
			"path":              url.PathEscape(s),
			"JSON":              inJSON,
			"JSON in JSON":      string(twice[1 : len(twice)-1]),
			"HTML":              html.EscapeString(s),
			"base64":            base64.StdEncoding.EncodeToString([]byte(s)),
			"base64 of login":   base64.StdEncoding.EncodeToString([]byte("root:" + s)),
			"base64 of a form":  base64.StdEncoding.EncodeToString([]byte("user=root&password=" + url.QueryEscape(s) + "&x=y")),
			"base64 for URLs":   base64.RawURLEncoding.EncodeToString([]byte("a" + s)),
			"base64 in a query": url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("ab" + s))),
			"token":             "eyJhbGciOiJub25lIn0." + claims + ".",
		} {
			forms[encoding+", "+name] = form
		}
		if name != "mixed" { // of that, nobody could read what it was
			forms["base64 in lower case, "+name] = strings.ToLower(base64.StdEncoding.EncodeToString([]byte(s)))
		}
	}
	return forms
}

// echo is the transport of a service that sends a secret back once it has got it, with every answer
// from then on. Until then it answers what a test has written down.
type echo struct {
	secret  string
	answers map[string]string // by the end of the path
	say     func(*http.Request) (*http.Response, error)

	mu   sync.Mutex
	said int // answers with the secret in them
}

func (e *echo) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := fmt.Sprint(r.Header) + r.URL.String()
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		sent += string(body)
	}
	quoted, _ := json.Marshal(e.secret)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, form := range []string{e.secret, url.QueryEscape(e.secret), string(quoted[1 : len(quoted)-1])} {
		if e.said > 0 || strings.Contains(sent, form) {
			e.said++
			return e.say(r)
		}
	}
	for end, answer := range e.answers {
		if strings.HasSuffix(r.URL.Path, end) {
			return response(r, http.StatusOK, answer), nil
		}
	}
	return response(r, http.StatusOK, "{}"), nil
}

// echoWay makes an answer with a text in it.
type echoWay func(r *http.Request, text string) (*http.Response, error)

// inEnvelope answers with a body in which %s is the text as a string in JSON.
func inEnvelope(status int, envelope string) echoWay {
	return func(r *http.Request, text string) (*http.Response, error) {
		quoted, err := json.Marshal(text)
		if err != nil {
			return nil, err
		}
		return response(r, status, strings.ReplaceAll(envelope, "%s", string(quoted))), nil
	}
}

// everywhere are the ways that any service and any proxy have.
var everywhere = []echoWay{
	func(r *http.Request, text string) (*http.Response, error) {
		return response(r, http.StatusOK, "Warning: "+text), nil
	},
	func(r *http.Request, text string) (*http.Response, error) {
		return response(r, http.StatusBadGateway, "<html>"+text+"</html>"), nil
	},
	func(r *http.Request, text string) (*http.Response, error) {
		return response(r, http.StatusForbidden, text), nil
	},
	func(r *http.Request, text string) (*http.Response, error) {
		return response(r, http.StatusFound, "", "Location: https://example.net/"+url.PathEscape(text)+"?q="+url.QueryEscape(text)), nil
	},
	func(_ *http.Request, text string) (*http.Response, error) {
		return nil, errors.New("proxy says " + text)
	},
}
