package provider

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// containsAll is whether a text has all of these in it.
func containsAll(said string, texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(said, text) })
}

// dnsRecordOf is a record; it panics where there can be none.
func dnsRecordOf(name, recordType, value string) dns.Record {
	r, err := dns.NewRecord(name, recordType, value)
	if err != nil {
		panic(err)
	}
	return r
}

// mxRecordOf is an MX record.
func mxRecordOf(name string, priority uint16, host string) dns.Record {
	r := dnsRecordOf(name, "MX", host)
	r.Priority = priority
	return r
}
