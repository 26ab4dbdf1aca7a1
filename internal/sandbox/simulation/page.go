package simulation

import "context"

// Table is what a simulated service shows of its state to people. A cell is plain text. It never
// holds a password, a hash or a private key.
type Table struct {
	Title   string
	Columns []string
	// Rows have one cell for each column.
	Rows [][]string
}

// Option is a switch or a setting that a service knows in its conditions.
type Option struct {
	Name string
	// Description says what it does, for settings also the form of the value and the default.
	Description string
}

// CallLabel is what a service calls a request if the path does not tell, such as the command in a
// form. The zero value is an empty label.
type CallLabel struct{ text string }

type callLabelKey struct{}

// WithCallLabel returns a context in which [LabelCall] sets the label.
func WithCallLabel(ctx context.Context, label *CallLabel) context.Context {
	return context.WithValue(ctx, callLabelKey{}, label)
}

// LabelCall says what a service calls the request that the context belongs to. Without
// [WithCallLabel], it does nothing. It must not be called after the answer has begun.
func LabelCall(ctx context.Context, text string) {
	if label, ok := ctx.Value(callLabelKey{}).(*CallLabel); ok {
		label.text = text
	}
}

// String returns the label, or "" if the service has not set one.
func (l *CallLabel) String() string { return l.text }

// YesNo returns a flag for a cell of a [Table].
func YesNo(flag bool) string {
	if flag {
		return "yes"
	}
	return "no"
}
