package mailserversim

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// formField is one field that a handler reads.
type formField struct {
	form   string // its name in a form
	json   string // its name in a JSON body, where case makes no difference; "" if JSON cannot set it
	number bool   // an id: an unsigned integer of 64 bits
}

// The fields of each handler, in the order in which the program reads them.
var (
	domainFields    = []formField{{form: "domain", json: "DomainName"}}
	newDomainFields = []formField{
		{form: "domain", json: "DomainName"}, {form: "username", json: "Username"}, {form: "password", json: "Password"},
	}
	accountFields = []formField{
		{form: "id", json: "id", number: true}, {form: "domain_id", json: "domain_id", number: true},
		{form: "password"}, {form: "is_encrypted"}, {form: "email", json: "email"},
	}
	deleteAccountFields = []formField{{form: "email", json: "Email"}}
)

// form is what a handler has read of a request.
type form struct {
	texts   map[string]string // by the name in a form
	numbers map[string]uint64
}

// read reads the fields from a JSON body, or else from a form in the body or the query string. If
// it cannot read the input, it marks the call as malformed, which sends status 400 instead of 200.
// The program continues with what it has read until then.
func (c *call) read(fields []formField) form {
	f := form{texts: map[string]string{}, numbers: map[string]uint64{}}
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err == nil && kind == "application/json" && c.Method != http.MethodGet {
		c.malformed = f.readJSON(c.Request, fields) != nil
	} else {
		c.malformed = f.readForm(c.Request, fields) != nil
	}
	return f
}

// readForm stops at the first id that is not a number.
func (f form) readForm(r *http.Request, fields []formField) error {
	// If the body is not a form, the query string remains, as in the program.
	_ = r.ParseMultipartForm(32 << 10) //nolint:errcheck // see above
	for _, field := range fields {
		values, sent := r.Form[field.form]
		switch {
		case !sent:
		case !field.number:
			f.texts[field.form] = values[0]
		case values[0] != "":
			n, err := strconv.ParseUint(values[0], 10, 64)
			if err != nil {
				return err
			}
			f.numbers[field.form] = n
		}
	}
	return nil
}

// readJSON reads every member that it can, whatever the others are.
func (f form) readJSON(r *http.Request, fields []formField) error {
	var members map[string]json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&members); err != nil {
		return err
	}
	var problems []error
	for _, field := range fields {
		for name, raw := range members {
			if field.json == "" || !strings.EqualFold(name, field.json) || string(raw) == "null" {
				continue
			}
			var text string
			var number uint64
			if field.number {
				problems = append(problems, json.Unmarshal(raw, &number))
				f.numbers[field.form] = number
			} else {
				problems = append(problems, json.Unmarshal(raw, &text))
				f.texts[field.form] = text
			}
		}
	}
	return errors.Join(problems...)
}
