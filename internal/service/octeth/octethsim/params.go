package octethsim

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// params are the parameters of a call by their names in lower case. The platform ignores case: its
// own APIKey and the ApiKey of a DNS host are one parameter, and the last one wins. Values are as
// in JSON.
type params map[string]any

// readParams reads the parameters of a call from a JSON body or a form, and except for PATCH also
// from the query.
func readParams(r *http.Request) (params, error) {
	p := params{}
	if r.Method != http.MethodPatch {
		p.addAll(r.URL.Query())
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(string(body)) == "" {
		return p, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/x-www-form-urlencoded" && r.Method != http.MethodPatch {
		form, err := url.ParseQuery(string(body))
		p.addAll(form)
		return p, err
	}
	return p, p.addJSON(string(body))
}

func (p params) addAll(values url.Values) {
	for name, all := range values {
		p[strings.ToLower(name)] = all[len(all)-1]
	}
}

// addJSON adds the members of an object in their order.
func (p params) addJSON(text string) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		p[strings.ToLower(name.(string))] = value
	}
	_, err := decoder.Token()
	return err
}

// has tells whether a parameter was sent at all.
func (p params) has(name string) bool {
	_, found := p[strings.ToLower(name)]
	return found
}

// text returns a parameter as text, "" if it was not sent.
func (p params) text(name string) string {
	switch value := p[strings.ToLower(name)].(type) {
	case string:
		return strings.TrimSpace(value)
	case json.Number:
		return value.String()
	case bool:
		return strconv.FormatBool(value)
	}
	return ""
}

// first returns the first parameter of these names that is not empty.
func (p params) first(names []string) string {
	for _, name := range names {
		if text := p.text(name); text != "" {
			return text
		}
	}
	return ""
}

// flag returns a parameter as a truth value by the rules of PHP.
func (p params) flag(name string) bool {
	switch strings.ToLower(p.text(name)) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}

// id returns a parameter that is a number above 0; 0 if it was not sent or is something else.
func (p params) id(name string) int64 {
	number, err := strconv.ParseInt(p.text(name), 10, 64)
	if err != nil || number < 0 {
		return 0
	}
	return number
}
