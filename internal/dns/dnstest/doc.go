// Package dnstest is the test suite for DNS hosts. [Run] tests each clause of the contract of
// [dns.Host]. [ListZones] tests what holds for any list of zones. [RandomSteps] has many
// publications, two processes and somebody else change one zone, and looks for lost records.
//
// [Memory] is a host that keeps its zones in memory, for tests of the editor. It works with or
// without compare-and-swap, writes zones as a whole or record by record, and can fail.
package dnstest
