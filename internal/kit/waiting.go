package kit

import (
	"fmt"
	"time"
)

// WaitedSince says how long a wait has lasted, for messages.
func WaitedSince(begun time.Time) string {
	waited := time.Since(begun)
	if waited < time.Second {
		return "less than a second"
	}
	return Describe(waited.Round(time.Second))
}

// Describe returns a duration in words, such as "10 minutes".
func Describe(d time.Duration) string {
	switch {
	case d == time.Minute:
		return "1 minute"
	case d%time.Minute == 0:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	}
	return d.String()
}
