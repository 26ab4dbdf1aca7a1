package fault

import (
	"reflect"
	"slices"
	"strings"
)

// Field is a field of [Conditions] as people write it in JSON.
type Field struct {
	// Name is the path to the field, such as "faults[].kind" and "rate_limit.per".
	Name string
	// Type is the type of its value, for people.
	Type string
	// Description says what it does.
	Description string
}

// Fields returns all fields of [Conditions], each followed by those inside it.
func Fields() []Field { return fieldsOf(reflect.TypeFor[Conditions](), "") }

func fieldsOf(of reflect.Type, prefix string) []Field {
	var fields []Field
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		field := Field{Name: prefix + name, Type: typeName(f.Type), Description: f.Tag.Get("doc")}
		fields = append(fields, field)
		switch inner := f.Type; {
		case inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct:
			fields = append(fields, fieldsOf(inner.Elem(), field.Name+"[].")...)
		case inner.Kind() == reflect.Pointer:
			fields = append(fields, fieldsOf(inner.Elem(), field.Name+".")...)
		}
	}
	return fields
}

// typeName returns a type in words that do not depend on Go.
func typeName(of reflect.Type) string {
	switch {
	case of == reflect.TypeFor[Duration]():
		return `duration, such as "200ms"`
	case of.Kind() == reflect.Int:
		return "number"
	case of.Kind() == reflect.String:
		return "text"
	case of.Kind() == reflect.Bool:
		return "true or false"
	case of.Kind() == reflect.Slice:
		return "list of objects"
	case of.Kind() == reflect.Map:
		return "object, each value " + typeName(of.Elem())
	default:
		return "object"
	}
}

// KindDescription says what a kind of fault does.
type KindDescription struct {
	Kind        Kind
	Description string
}

var kinds = []KindDescription{
	{Status, "The service does not get the call. The answer has status (default 500), header and body."},
	{StatusAfter, "The service does its work. The answer has status (default 502) and body (default: a proxy's HTML page)."},
	{EmptyError, "The service does not get the call. The answer is 500 without a body."},
	{Redirect, "The service does not get the call. The answer has status (default 302) and the Location in header, which is required."},
	{Cut, "The service does not get the call. The connection is closed without an answer."},
	{CutAfter, "The service does its work. The connection is closed without an answer."},
	{Hang, "The service does not get the call. It stays without an answer until the client gives up, or for delay (default 5m); then the connection is cut."},
	{HangAfter, "The service does its work. The call stays without an answer, as with hang."},
	{SlowBody, "The service does its work. Its answer comes in twenty pieces with delay (default 100ms) before each."},
	{TruncatedBody, "The service does its work. The whole of its answer is announced, half is sent, and the connection is cut."},
	{InvalidJSON, "The service does its work. The answer has its status, and body (default: an object that is not closed)."},
	{EndlessBody, "The service does not get the call. The answer is status (default 200) and JSON that goes on until the client gives up, or for 1 GiB."},
}

// Kinds returns all kinds of faults with their descriptions.
func Kinds() []KindDescription { return slices.Clone(kinds) }

func kindNames() []Kind {
	names := make([]Kind, len(kinds))
	for i, k := range kinds {
		names[i] = k.Kind
	}
	return names
}

// IsZero reports whether the conditions change nothing.
func (c Conditions) IsZero() bool {
	return c.Latency == 0 && c.RateLimit == nil && len(c.Faults) == 0 && len(c.Switches) == 0 && len(c.Settings) == 0
}
