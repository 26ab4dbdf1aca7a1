package godaddysim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchOTE, Description: "the service is GoDaddy's test environment, which knows only the OTE credentials"},
}

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingCallsPerMinute, Description: "how many calls each endpoint takes in a minute from the same credentials. 0: any number. Default: 60"},
}
