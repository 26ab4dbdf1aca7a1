package namecheapsim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchDropsHidden, Description: "every setHosts deletes the records that the API does not show, such as SRV"},
	{Name: SwitchMXPreferenceSticks, Description: "setHosts ignores a changed preference of an MX record with the same name and mail host"},
	{Name: SwitchUnwilling, Description: `setHosts answers OK with IsSuccess="false", and changes nothing`},
}

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingCallsPerMinute, Description: "how many calls an account has in a minute. 0: any number. Default: 20"},
	{Name: SettingCallsPerHour, Description: "how many calls an account has in an hour. 0: any number. Default: 700"},
	{Name: SettingCallsPerDay, Description: "how many calls an account has in a day. 0: any number. Default: 8000"},
	{Name: SettingError, Description: "the number of an error with which every command fails. Default: none"},
}
