package mailrecord

import (
	"errors"
	"fmt"
)

// Record is one record that a domain needs, in the form in which zones are edited: the name is
// absolute and has no trailing dot, and the value is in presentation format, but for TXT the text
// without quotes.
type Record struct{ Name, Type, Value string }

// faults are what is wrong with the parts of a record that is to be built. Each begins with the
// name of its part.
type faults []error

func (f *faults) add(part, format string, args ...any) {
	*f = append(*f, fmt.Errorf(part+": "+format, args...))
}

// wrap adds the error of a part, if there is one.
func (f *faults) wrap(part string, err error) {
	if err != nil {
		f.add(part, "%w", err)
	}
}

// err returns all faults as one error, each on a line of its own; nil if there is none.
func (f faults) err() error { return errors.Join(f...) }

// element names one element of a part that is a list.
func element(part string, index int) string { return fmt.Sprintf("%s[%d]", part, index) }
