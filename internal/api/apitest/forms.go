package apitest

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"unicode"
)

// Forms returns the forms in which a service may send a secret back, by what was done to it.
func Forms(secret string) map[string]string {
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
