package sendgridsim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchAsDescribed, Description: "answers have the form of the API's description where the real ones differ: GET default and PATCH answer with arrays"},
	{Name: SwitchErrorsAsObject, Description: `"errors" is an object with "error" and "field" where it is a list otherwise`},
	{Name: SwitchForgetsIPs, Description: "answers show no IP addresses of a domain, whatever was set"},
	{Name: SwitchSeveralDefaults, Description: "a user may have several default domains"},
	{Name: SwitchPriorityInMX, Description: "the data of MX records has the preference before the host"},
	{Name: SwitchSuspended, Description: "the account is suspended"},
}

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingValidDelay, Description: "how long after its records were first found a domain is still invalid. Default: 0s"},
	{Name: SettingRecheck, Description: "how long the validity of a domain lasts before the service looks again. 0s: for ever. Default: 0s"},
	{Name: SettingRequests, Description: "how many calls of one kind a user may make in a window. 0: any number. Default: 600"},
	{Name: SettingWindow, Description: "how long a window is, 1s or more. Default: 1m"},
	{Name: SettingDomains, Description: "how many domains a user may have. Default: 3000"},
}
