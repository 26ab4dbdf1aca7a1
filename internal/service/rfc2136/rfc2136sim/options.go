package rfc2136sim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchNoTransfers, Description: "the server refuses all zone transfers"},
	{Name: SwitchPowerDNS, Description: "the server behaves like PowerDNS 4.7 where that differs from BIND"},
}
