package namecheapsim

import (
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// The switches of [fault.Conditions] that the service knows.
const (
	// SwitchDropsHidden makes every setHosts delete the records that the API does not show, such as
	// SRV. It is not known whether the real one does; without the switch they stay.
	SwitchDropsHidden = "drops_hidden_records"
	// SwitchMXPreferenceSticks makes setHosts ignore a changed preference of an MX record with the
	// same name and mail host, and keep only one of two MX records that differ in nothing else.
	// Namecheap's own sandbox has been seen to do so
	// (https://github.com/DNSControl/dnscontrol/issues/2277).
	// (https://github.com/DNSControl/dnscontrol/issues/2277).
	SwitchMXPreferenceSticks = "mx_preference_sticks"
	// SwitchUnwilling makes setHosts answer OK and IsSuccess="false", and change nothing.
	SwitchUnwilling = "unwilling"
)

// The settings of [fault.Conditions] that the service knows: how many calls an account has in any
// period of that length. "0" removes a limit.
const (
	SettingCallsPerMinute = "calls_per_minute" // 20 by default
	SettingCallsPerHour   = "calls_per_hour"   // 700 by default
	SettingCallsPerDay    = "calls_per_day"    // 8000 by default
	// SettingError makes every command fail with this error number, after the checks that precede
	// it.
	SettingError = "error"
)

// behaviour holds the conditions in the form that the commands need.
type behaviour struct {
	dropsHidden, preferenceSticks, unwilling bool

	perMinute, perHour, perDay int
	errorNumber                int
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{
		dropsHidden:      c.Switches[SwitchDropsHidden],
		preferenceSticks: c.Switches[SwitchMXPreferenceSticks],
		unwilling:        c.Switches[SwitchUnwilling],
		perMinute:        20,
		perHour:          700,
		perDay:           8000,
	}
	if err := c.Numbers(0, map[string]*int{
		SettingCallsPerMinute: &b.perMinute,
		SettingCallsPerHour:   &b.perHour,
		SettingCallsPerDay:    &b.perDay,
		SettingError:          &b.errorNumber,
	}); err != nil {
		return behaviour{}, err
	}
	return b, nil
}

// windows are the limits of the calls of an account.
func (b behaviour) windows() []simulation.Window {
	return []simulation.Window{{Length: time.Minute, Most: b.perMinute}, {Length: time.Hour, Most: b.perHour}, {Length: 24 * time.Hour, Most: b.perDay}}
}
