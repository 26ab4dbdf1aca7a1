package sendgridapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// fields reads an object field by field, so that a field of an undocumented type does not spoil the
// other fields and the rest of a list.
type fields struct {
	all     map[string]json.RawMessage
	problem string // the first field that could not be read, and why
}

// read reads a field. A missing field and null are the zero value.
func read[T any](f *fields, name string) T {
	var value, none T
	if raw, ok := f.all[name]; ok {
		if err := json.Unmarshal(raw, &value); err != nil {
			f.note(name, raw)
			return none
		}
	}
	return value
}

// number reads a whole number, which may be in quotes or have a fraction of zero.
func (f *fields) number(name string) int64 { return read[api.Number](f, name).Value }

// time reads a time: seconds since 1970, possibly in quotes, or a text. Nothing depends on it, so a
// time that cannot be read counts as missing.
func (f *fields) time(name string) time.Time {
	text := string(bytes.Trim(f.all[name], `"`))
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 {
		return time.Unix(seconds, 0)
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at
	}
	return time.Time{}
}

func (f *fields) note(name string, raw json.RawMessage) {
	if f.problem == "" {
		f.problem = fmt.Sprintf("the field %s has a value of another type than documented (%.40s)", name, raw)
	}
}
