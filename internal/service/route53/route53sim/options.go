package route53sim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingRequests, Description: "how many calls of one kind an account may make at once; ten more are allowed each second. 0: any number. Default: 50"},
	{Name: SettingRecords, Description: "how many record sets a zone may have. Default: 10000"},
	{Name: SettingPending, Description: "how long a change is pending. The simulated name servers answer with it at once. Default: 1m"},
}

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchListedErrors, Description: "what is wrong with a batch of changes is listed in a document of its own, instead of in one text"},
}
