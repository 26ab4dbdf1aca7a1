// Package dnstest holds what every DNS host has to do, as tests: [Run] asks for each
// clause of the contract of [dns.Host], [RandomSteps] lets many publications, two
// processes and somebody else loose on one zone and looks for what got lost.
//
// [Memory] is a host that keeps its zones in memory, with and without
// compare-and-swap, as a whole or record by record, and with faults: what the editor
// is tested with.
package dnstest
