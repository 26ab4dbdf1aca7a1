package cloudflaresim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingRequests, Description: "how many calls a token may make in five minutes. 0: any number. Default: 1200"},
	{Name: SettingRecords, Description: "how many records a zone may have. Default: 1000"},
	{Name: SettingBatch, Description: "how many changes one batch may hold. Default: 200, and 3500 in a zone on a paid plan"},
}
