package yandex

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// The types of this file decode what the service and its like write in more than one way: the documentation has every value
// as text, the answers have numbers and truth values of several kinds.

// text is a string that may come as a number or a truth value. null is "".
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		return json.Unmarshal(raw, (*string)(t))
	case '{', '[':
		return fmt.Errorf("%s is not a text", shown(raw))
	}
	*t = ""
	if string(raw) != "null" {
		*t = text(raw)
	}
	return nil
}

// number is a whole number that may come as text. Known is false where it is missing, null or "".
type number struct {
	Known bool
	Value int64
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(raw []byte) error {
	*n = number{}
	digits := strings.TrimSpace(strings.Trim(string(raw), `"`))
	if digits == "" || digits == "null" {
		return nil
	}
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return fmt.Errorf("%s is not a whole number", shown(raw))
	}
	*n = number{Known: true, Value: value}
	return nil
}

// flag is a truth value: "yes" or "no", true or false, 1 or 0. null and "" are false.
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(raw []byte) error {
	switch strings.ToLower(strings.Trim(string(raw), `"`)) {
	case "yes", "true", "1":
		*f = true
	case "no", "false", "0", "", "null":
		*f = false
	default:
		return fmt.Errorf("%s is neither yes nor no", shown(raw))
	}
	return nil
}

// list is a list. Known is false where it is missing.
type list[T any] struct {
	Known bool
	Rows  []T
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *list[T]) UnmarshalJSON(raw []byte) error {
	*l = list[T]{Known: true}
	return json.Unmarshal(raw, &l.Rows)
}

// object is an object that may come as an empty list or as null where there is none.
type object[T any] struct {
	Known bool
	Value T
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *object[T]) UnmarshalJSON(raw []byte) error {
	*o = object[T]{}
	inside, opened := bytes.CutPrefix(bytes.TrimSpace(raw), []byte("["))
	if string(raw) == "null" || opened && string(bytes.TrimSpace(inside)) == "]" {
		return nil
	}
	o.Known = true
	return json.Unmarshal(raw, &o.Value)
}

// shown is the beginning of a value for a message.
func shown(raw []byte) string {
	const most = 40
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}
