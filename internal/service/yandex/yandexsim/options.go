package yandexsim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchWithoutSuccess, Description: `answers have no member "success"`},
	{Name: SwitchDetailedCodes, Description: "logins and passwords are refused with detailed codes, such as passwd-tooshort"},
	{Name: SwitchOwnOccupied, Description: "registering a domain again is refused as occupied"},
	{Name: SwitchYesNo, Description: `flags in the list of domains are "yes" and "no", not booleans`},
}

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingCheckDelay, Description: "how long a check takes that a call has started. Default: 0s"},
	{Name: SettingRecheck, Description: "how long after a check the service makes the next by itself. 0s: never. Default: 20m"},
	{Name: SettingDomains, Description: "how many domains a user may have. Default: 50"},
	{Name: SettingDomainsPage, Description: "the most domains on a page of their list. Default: 20"},
	{Name: SettingAccountsPage, Description: "the most mailboxes on a page of their list. Default: 1000"},
	{Name: SettingBlocked, Description: "the names of blocked domains, with commas between them. Default: none"},
	{Name: SettingDKIMBits, Description: "the size of a new RSA key for DKIM. Default: 2048"},
}
