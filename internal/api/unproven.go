package api

import (
	"errors"
	"strings"
)

// Unproven is the error of a changing call of which cannot be read what has come of it.
// It matches ErrUnavailable and ErrOutcomeUnknown. sendErr is how the call ended; where it
// is nil, acknowledged says what the service's word for it is worth. advice is what to do
// now.
func Unproven(service string, r Request, sendErr, readErr error, acknowledged, advice string) error {
	said := acknowledged + ", and the check failed: "
	if sendErr != nil {
		said = strings.TrimPrefix(Brief(sendErr), r.Op+" "+r.Object+": ") + "; the check whether it was done failed as well: "
	}
	return &Error{
		Service: service, Op: r.Op, Object: r.Object, Kind: ErrUnavailable, Unsure: true,
		Cause: Reworded(said+Brief(readErr), readErr), Advice: advice,
	}
}

// Brief is the text of an error without what an error around it says anyway: the service,
// the advice, and that the outcome is unknown.
func Brief(err error) string {
	var failed *Error
	if !errors.As(err, &failed) {
		return err.Error()
	}
	bare := *failed
	bare.Unsure, bare.Advice = false, ""
	return strings.TrimPrefix(bare.Error(), bare.Service+": ")
}

// Reworded is an error in other words; it matches what the first one matches.
func Reworded(text string, err error) error { return &reworded{text, err} }

type reworded struct {
	text string
	err  error
}

func (r *reworded) Error() string { return r.text }

func (r *reworded) Unwrap() error { return r.err }
