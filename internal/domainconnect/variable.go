package domainconnect

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Built-in variables, which need no value and cannot be given another one.
const (
	domainVariable = "domain"
	hostVariable   = "host"
	fqdnVariable   = "fqdn"
)

// MissingError is the error of a variable without a value.
type MissingError struct {
	Variable string
	// Similar is a variable with a value that differs in upper and lower case only; "" for none.
	Similar string
}

func (e *MissingError) Error() string {
	if e.Similar != "" {
		return fmt.Sprintf("the variable %q has no value, while %q has one (upper and lower case matter)", e.Variable, e.Similar)
	}
	return fmt.Sprintf("the variable %q has no value", e.Variable)
}

// expand replaces the variables of a text, such as %name%, by their values. Values are not expanded
// again.
func (a Application) expand(text string) (string, error) {
	var expanded strings.Builder
	rest := text
	for {
		before, behind, found := strings.Cut(rest, "%")
		expanded.WriteString(before)
		if !found {
			if found := controlCharacter(expanded.String()); found != "" {
				return "", fmt.Errorf("it has %s in it", found)
			}
			return expanded.String(), nil
		}
		name, after, closed := strings.Cut(behind, "%")
		if !closed {
			return "", fmt.Errorf("%q has a single %q: a variable is written %%name%%", text, "%")
		}
		value, err := a.variable(name)
		if err != nil {
			return "", err
		}
		expanded.WriteString(value)
		rest = after
	}
}

// controlCharacter describes a character that no record of a template is meant to have; "" if there is
// none.
func controlCharacter(text string) string {
	for _, c := range text {
		switch {
		case c == '\n' || c == '\r':
			return "a line break (a heredoc ends in one, which trimspace() takes off)"
		case c != '\t' && unicode.IsControl(c):
			return fmt.Sprintf("the control character U+%04X", c)
		}
	}
	return ""
}

func (a Application) variable(name string) (string, error) {
	switch name {
	case domainVariable:
		return a.Domain, nil
	case hostVariable:
		return a.Host, nil
	case fqdnVariable:
		return a.fqdn(), nil
	case "":
		return "", errors.New("\"%%\" is a variable without a name")
	}
	value, given := a.Variables[name]
	if given {
		if found := controlCharacter(value); found != "" {
			return "", fmt.Errorf("the value of the variable %q has %s in it", name, found)
		}
		return value, nil
	}
	missing := &MissingError{Variable: name}
	for _, other := range slices.Sorted(maps.Keys(a.Variables)) {
		if strings.EqualFold(other, name) {
			missing.Similar = other
		}
	}
	return "", missing
}

// singleVariable matches what a number may be besides a number.
var (
	singleVariable = regexp.MustCompile(`^%[^%]+%$`)
	digits         = regexp.MustCompile(`^[0-9]+$`)
)

// expandNumber returns the value of a field that is a number or one variable. needed says that its
// value is used.
func (a Application) expandNumber(field Text, needed bool) (string, error) {

	switch {
	case !field.given && needed:
		return "", errors.New("it is missing")
	case field.given && !digits.MatchString(field.value) && !singleVariable.MatchString(field.value):
		return "", fmt.Errorf("%q is neither a number nor one variable", field.value)
	case !needed:
		return "", nil
	}
	value, err := a.expand(field.value)
	if err == nil && (!digits.MatchString(value) || len(value) > 5) {
		err = fmt.Errorf("%q is not a number from 0 to 65535", value)
	}
	return value, err
}
