package function

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// concrete returns the value inside dynamic ones; nil for a null whose type is not known.
func concrete(value attr.Value) attr.Value {
	for {
		dynamic, ok := value.(types.Dynamic)
		if !ok || dynamic.IsUnknown() {
			return value
		}
		value = dynamic.UnderlyingValue()
	}
}

// isNull reports whether a value says that something is not given.
func isNull(value attr.Value) bool { return value == nil || value.IsNull() }

// hasUnknown reports whether a value is unknown, or something in it.
func hasUnknown(value attr.Value) bool {
	value = concrete(value)
	if value == nil {
		return false
	}
	if value.IsUnknown() {
		return true
	}
	elements, _ := elementsOf(value)
	for _, element := range elements {
		if hasUnknown(element) {
			return true
		}
	}
	for _, attribute := range attributesOf(value) {
		if hasUnknown(attribute) {
			return true
		}
	}
	return false
}

// elementsOf returns the elements of a tuple, a list or a set. ok is false for other values.
func elementsOf(value attr.Value) (elements []attr.Value, ok bool) {
	switch value := value.(type) {
	case types.Tuple:
		return value.Elements(), true
	case types.List:
		return value.Elements(), true
	case types.Set:
		return value.Elements(), true
	}
	return nil, false
}

// attributesOf returns the attributes of an object or the elements of a map; nil for other values.
func attributesOf(value attr.Value) map[string]attr.Value {
	switch value := value.(type) {
	case types.Object:
		return value.Attributes()
	case types.Map:
		return value.Elements()
	}
	return nil
}

// kindOf says what a value is, for messages. It does not show the value.
func kindOf(value attr.Value) string {
	switch value.(type) {
	case types.String:
		return "a string"
	case types.Number:
		return "a number"
	case types.Bool:
		return "a bool"
	case types.Tuple, types.List, types.Set:
		return "a list"
	case types.Object, types.Map:
		return "an object"
	}
	return "a value of another type"
}

// textOf returns a value that is a string, or a number as Terraform writes it. known is false if it
// is null or unknown.
func textOf(value attr.Value) (text string, known bool, err error) {
	value = concrete(value)
	if isNull(value) || value.IsUnknown() {
		return "", false, nil
	}
	switch value := value.(type) {
	case types.String:
		return value.ValueString(), true, nil
	case types.Number:
		return value.ValueBigFloat().Text('f', -1), true, nil
	}
	return "", false, fmt.Errorf("a string is needed, and this is %s", kindOf(value))
}

// elementError says what is wrong with one element of a list.
type elementError struct {
	index  int
	reason error
}

func (e *elementError) Error() string { return fmt.Sprintf("[%d]: %s", e.index, e.reason) }

// textsOf returns a value that is a list of strings, or one string. It is nil if the value is null
// or unknown. Nulls in a list count as not given.
func textsOf(value attr.Value) ([]string, error) {
	value = concrete(value)
	if isNull(value) || value.IsUnknown() {
		return nil, nil
	}
	elements, isList := elementsOf(value)
	if !isList {
		text, _, err := textOf(value)
		if err != nil {
			return nil, fmt.Errorf("a string or a list of strings is needed, and this is %s", kindOf(value))
		}
		return []string{text}, nil
	}
	texts := []string{}
	for i, element := range elements {
		text, known, err := textOf(element)
		if err != nil {
			return nil, &elementError{index: i, reason: err}
		}
		if known {
			texts = append(texts, text)
		}
	}
	return texts, nil
}

// integerOf returns a value that is a whole number, or a string that is one. known is false if it
// is null or unknown.
func integerOf(value attr.Value) (number int64, known bool, err error) {
	text, known, err := textOf(value)
	if err != nil {
		return 0, false, errors.New("a number is needed, and this is " + kindOf(concrete(value)))
	}
	if !known {
		return 0, false, nil
	}
	whole, ok := new(big.Int).SetString(text, 10)
	switch {
	case !ok:
		return 0, false, fmt.Errorf("%.20q is not a whole number", text)
	case !whole.IsInt64():
		return 0, false, errors.New("the number is too large")
	}
	return whole.Int64(), true, nil
}
