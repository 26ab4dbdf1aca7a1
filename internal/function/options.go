package function

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// options are the attributes of an argument that is an object or a map. Null attributes are not
// given.
type options struct {
	args   *arguments
	index  int
	values map[string]attr.Value
	wrong  []error
}

// options reads an argument whose attributes have the known names. Others are refused, with the
// reason in gone if it has one.
func (a *arguments) options(index int, known []string, gone map[string]string) *options {
	o := &options{args: a, index: index}
	value := a.value(index)
	if value == nil || value.IsUnknown() {
		return o
	}
	o.values = attributesOf(value)
	if o.values == nil {
		a.fail(index, fmt.Errorf("an object is needed, and this is %s", kindOf(value)))
		return o
	}
	for _, name := range slices.Sorted(maps.Keys(o.values)) {
		if slices.Contains(known, name) {
			continue
		}
		reason := "there is no such attribute; there are " + strings.Join(known, ", ")
		if gone[name] != "" {
			reason = gone[name]
		}
		o.fail(name, errors.New(reason))
	}
	return o
}

// fail notes what is wrong with an attribute.
func (o *options) fail(name string, err error) {
	if err != nil {
		o.wrong = append(o.wrong, fmt.Errorf("%s: %w", name, err))
	}
}

// stop reports whether there is no known result. It has to be asked after all attributes were read.
func (o *options) stop() bool {
	o.args.fail(o.index, errors.Join(o.wrong...))
	o.wrong = nil
	return o.args.stop()
}

// text returns an attribute that is a string; nil if it is not given.
func (o *options) text(name string) *string {
	text, known, err := textOf(o.values[name])
	o.fail(name, err)
	if !known {
		return nil
	}
	return &text
}

// flag is text for an attribute whose values are "y" and "n", as which it also takes a bool.
func (o *options) flag(name string) *string {
	text := ""
	if value, ok := concrete(o.values[name]).(types.Bool); ok && !value.IsNull() && !value.IsUnknown() {
		text = fmt.Sprint(value.ValueBool())
	} else if given := o.text(name); given != nil {
		text = *given
	} else {
		return nil
	}
	switch text { // a map(string) has bools as strings
	case "true":
		text = "y"
	case "false":
		text = "n"
	}
	return &text
}

// texts returns an attribute that is a string or a list of strings; nil if it is not given.
func (o *options) texts(name string) []string {
	texts, err := textsOf(o.values[name])
	if element := (*elementError)(nil); errors.As(err, &element) {
		o.fail(fmt.Sprintf("%s[%d]", name, element.index), element.reason)
		return texts
	}
	o.fail(name, err)
	return texts
}

// integer returns an attribute that is a whole number; nil if it is not given.
func (o *options) integer(name string) *int64 {
	number, known, err := integerOf(o.values[name])
	o.fail(name, err)
	if !known {
		return nil
	}
	return &number
}
