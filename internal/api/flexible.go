package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// The types of this file decode JSON values that services write in several ways: numbers as text,
// truth values as numbers, and an empty list in place of an object or of null.

// Text is a string that may come as a number or a truth value. null is "".
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		return json.Unmarshal(raw, (*string)(t))
	case '{', '[':
		return fmt.Errorf("%s is not a text", beginning(raw))
	}
	*t = ""
	if string(raw) != "null" {
		*t = Text(raw)
	}
	return nil
}

// Number is a whole number that may come as text: 12, "12" or 12.0. Known is false where it is
// missing, null or "".
type Number struct {
	Known bool
	Value int64
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(raw []byte) error {
	*n = Number{}
	digits := strings.TrimSpace(strings.Trim(string(raw), `"`))
	if digits == "" || digits == "null" {
		return nil
	}
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		var whole bool
		if value, whole = wholeNumber(digits); !whole {
			return fmt.Errorf("%s is not a whole number", beginning(raw))
		}
	}
	*n = Number{Known: true, Value: value}
	return nil
}

// wholeNumber reads a number with a fraction of zero, or with an exponent.
func wholeNumber(digits string) (int64, bool) {
	if strings.Trim(digits, "+-.0123456789eE") != "" {
		return 0, false // big.Rat takes "1/2" and "0x1" besides
	}
	number, ok := new(big.Rat).SetString(digits)
	if !ok || !number.IsInt() || !number.Num().IsInt64() {
		return 0, false
	}
	return number.Num().Int64(), true
}

// Flag is a truth value that may come as a number or as text: true, 1, "1" or "yes". null and ""
// are false.
type Flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *Flag) UnmarshalJSON(raw []byte) error {
	switch strings.ToLower(strings.Trim(string(raw), `"`)) {
	case "yes", "true", "1":
		*f = true
	case "no", "false", "0", "", "null":
		*f = false
	default:
		return fmt.Errorf("%s is neither yes nor no", beginning(raw))
	}
	return nil
}

// List is a list that may come as its only element, or as null or false where it is empty. Known is
// false where it is missing.
type List[T any] struct {
	Known bool
	Rows  []T
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *List[T]) UnmarshalJSON(raw []byte) error {
	*l = List[T]{Known: true}
	switch {
	case string(raw) == "null", string(raw) == "false":
		return nil
	case raw[0] == '[':
		return json.Unmarshal(raw, &l.Rows)
	}
	l.Rows = make([]T, 1)
	return json.Unmarshal(raw, &l.Rows[0])
}

// Object is an object that may come as an empty list or as null where there is none. Known is
// whether there is one.
type Object[T any] struct {
	Known bool
	Value T
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *Object[T]) UnmarshalJSON(raw []byte) error {
	*o = Object[T]{}
	inside, opened := bytes.CutPrefix(raw, []byte("["))
	if string(raw) == "null" || opened && string(bytes.TrimSpace(inside)) == "]" {
		return nil
	}
	o.Known = true
	return json.Unmarshal(raw, &o.Value)
}

// beginning is how a value begins, for a message.
func beginning(raw []byte) string {
	const most = 40
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}
