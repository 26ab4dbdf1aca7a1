package octeth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// The types of this file decode what PHP makes of its values on the way to JSON.

// number is an integer that may come as text: 12 or "12". null and "" are 0.
type number int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		*n = 0
		return nil
	}
	value, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return fmt.Errorf("%s is not a whole number", shown(raw))
	}
	*n = number(value)
	return nil
}

// flag is a truth value that may come as a number or as text: true, 1, "1", "true". null and "" are false.
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(raw []byte) error {
	switch strings.ToLower(strings.Trim(string(raw), `"`)) {
	case "true", "1":
		*f = true
	case "false", "0", "", "null":
		*f = false
	default:
		return fmt.Errorf("%s is neither true nor false", shown(raw))
	}
	return nil
}

// text is a string that may come as a number, or as a list of strings that belong together.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(raw []byte) error {
	var parts list[json.RawMessage]
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	var words []string
	for _, part := range parts {
		var word string
		if json.Unmarshal(part, &word) != nil {
			word = string(part)
		}
		words = append(words, word)
	}
	*t = text(strings.Join(words, "; "))
	return nil
}

// list is a list that may come as its only element, or as null or false where there is none.
type list[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *list[T]) UnmarshalJSON(raw []byte) error {
	*l = nil
	switch raw = bytes.TrimSpace(raw); {
	case string(raw) == "null", string(raw) == "false":
		return nil
	case len(raw) > 0 && raw[0] == '[':
		return json.Unmarshal(raw, (*[]T)(l))
	}
	var only T
	if err := json.Unmarshal(raw, &only); err != nil {
		return err
	}
	*l = list[T]{only}
	return nil
}

// object is an object that may come as an empty list where it has no members. Known is whether it came at all.
type object[T any] struct {
	Known bool
	Value T
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *object[T]) UnmarshalJSON(raw []byte) error {
	*o = object[T]{}
	switch {
	case string(raw) == "null":
		return nil
	case isEmptyList(raw):
		o.Known = true
		return nil
	}
	o.Known = true
	return json.Unmarshal(raw, &o.Value)
}

// isEmptyList is whether a value is [], with whatever space in it.
func isEmptyList(raw []byte) bool {
	inside, opened := bytes.CutPrefix(bytes.TrimSpace(raw), []byte("["))
	return opened && string(bytes.TrimSpace(inside)) == "]"
}

// shown is the beginning of a value for a message.
func shown(raw []byte) string {
	const most = 40
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}
