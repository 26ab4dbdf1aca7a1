package dns

import "slices"

// OtherHosts returns the hosts that [DetectHost] knows by itself, in alphabetical order. The project
// edits no zones there.
func OtherHosts() []KnownHost { return slices.Clone(otherHosts) }
