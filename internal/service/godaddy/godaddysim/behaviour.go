package godaddysim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"

// SwitchOTE is the switch of [fault.Conditions] that makes the service GoDaddy's test environment,
// which knows only the OTE credentials. The real one has its own address, api.ote-godaddy.com.
const SwitchOTE = "ote"

// SettingCallsPerMinute is the setting of [fault.Conditions] that says how many calls each endpoint
// takes in any minute from the same credentials: 60 by default. "0" lifts the limit.
const SettingCallsPerMinute = "calls_per_minute"

// behaviour holds the conditions in the form that the service needs.
type behaviour struct {
	ote       bool
	perMinute int
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{ote: c.Switches[SwitchOTE], perMinute: 60}
	if err := c.Numbers(0, map[string]*int{SettingCallsPerMinute: &b.perMinute}); err != nil {
		return behaviour{}, err
	}
	return b, nil
}
