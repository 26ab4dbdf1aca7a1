package octethsim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchNoTemplate, Description: "the installation has no template for DNS records: domains are enabled at once, without records"},
	{Name: SwitchOutOfOrder, Description: "every call fails with a server error before anything is done"},
	{Name: SwitchLosesRecords, Description: "dns.set sends only the domain's own records to Namecheap, which replaces whole zones"},
	{Name: SwitchErrorText, Description: "the older calls name the text of an error ErrorText instead of ErrorMessage"},
}

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingVersion, Description: "the version of the installation, such as 5.9.4. Default: api_version of the provider block, else 5.6"},
	{Name: SettingCallsPerMinute, Description: "how many calls the same credentials have in a minute. 0: any number. Default: 100"},
	{Name: SettingDomains, Description: "how many sender domains of a kind a user may have. Default: 1000"},
	{Name: SettingRecheck, Description: "how often the records of enabled domains are looked up; after three failures in a row, a domain is pending again. 0: never. Default: 1h"},
}
