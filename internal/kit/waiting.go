package kit

import (
	"fmt"
	"time"
)

// WaitedSince is how long a wait has lasted, as messages name it.
func WaitedSince(begun time.Time) string {
	waited := time.Since(begun)
	if waited < time.Second {
		return "less than a second"
	}
	return Describe(waited.Round(time.Second))
}

// Describe names a duration as a person would.
func Describe(d time.Duration) string {
	switch {
	case d == time.Minute:
		return "1 minute"
	case d%time.Minute == 0:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	}
	return d.String()
}
