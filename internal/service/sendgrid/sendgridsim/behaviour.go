package sendgridsim

import (
	"fmt"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// The switches of [fault.Conditions] that the service knows.
const (
	// SwitchAsDescribed makes the answers to GET default and to PATCH arrays, as in the API's
	// description, instead of objects. Answers about one domain then have neither its subusers nor
	// its last validation, which the description has only in lists.
	SwitchAsDescribed = "as_described"
	// SwitchErrorsAsObject makes "errors" an object with "error" and "field" where it is a list
	// otherwise.
	SwitchErrorsAsObject = "errors_as_object"
	// SwitchForgetsIPs shows no IP addresses of any domain, whatever was set.
	SwitchForgetsIPs = "forgets_ips"
	// SwitchSeveralDefaults allows several default domains of a user: a new one does not end the
	// others.
	SwitchSeveralDefaults = "several_defaults"
	// SwitchPriorityInMX puts the preference before the host in the data of MX records.
	SwitchPriorityInMX = "priority_in_mx"
	// SwitchSuspended suspends the account of [Key].
	SwitchSuspended = "suspended"
)

// The settings of [fault.Conditions] that the service knows. Durations are written like "2s".
const (
	// SettingValidDelay is how long after its records were first found a domain is still invalid;
	// 0s by default.
	SettingValidDelay = "valid_delay"
	// SettingRecheck is how long the validity of a domain lasts before the service looks again by
	// itself, and ends it if a record is missing; 0s, the default, is for ever.
	SettingRecheck = "recheck"
	// SettingRequests is how many calls of one kind a user may make in a window; 600 by default, 0
	// for any number.
	SettingRequests = "requests"
	// SettingWindow is how long a window is; 1m by default. Windows begin at multiples of it.
	SettingWindow = "window"
	// SettingDomains is how many domains a user may have; 3000 by default.
	SettingDomains = "domains"
)

// behaviour holds the conditions in the form that the handlers need.
type behaviour struct {
	asDescribed, errorsAsObject, forgetsIPs, severalDefaults, priorityInMX, suspended bool

	validDelay, recheck, window time.Duration

	requests, domains int
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{
		asDescribed:     c.Switches[SwitchAsDescribed],
		errorsAsObject:  c.Switches[SwitchErrorsAsObject],
		forgetsIPs:      c.Switches[SwitchForgetsIPs],
		severalDefaults: c.Switches[SwitchSeveralDefaults],
		priorityInMX:    c.Switches[SwitchPriorityInMX],
		suspended:       c.Switches[SwitchSuspended],
		window:          time.Minute,
		requests:        600,
		domains:         3000,
	}
	if err := c.Durations(map[string]*time.Duration{
		SettingValidDelay: &b.validDelay, SettingRecheck: &b.recheck, SettingWindow: &b.window,
	}); err != nil {
		return behaviour{}, err
	}
	if b.window < time.Second {
		return behaviour{}, fmt.Errorf("setting %s is shorter than a second, in which its end is told", SettingWindow)
	}
	if err := c.Numbers(0, map[string]*int{SettingRequests: &b.requests, SettingDomains: &b.domains}); err != nil {
		return behaviour{}, err
	}
	return b, nil
}
