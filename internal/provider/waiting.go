package provider

import "time"

// waitedSince is how long a wait has lasted, as messages name it.
func waitedSince(begun time.Time) string {
	waited := time.Since(begun)
	if waited < time.Second {
		return "less than a second"
	}
	return describe(waited.Round(time.Second))
}
