package testkit

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// ContainsAll is whether a text has all of these in it.
func ContainsAll(said string, texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(said, text) })
}

// DNSRecordOf is a record; it panics where there can be none.
func DNSRecordOf(name, recordType, value string) dns.Record {
	r, err := dns.NewRecord(name, recordType, value)
	if err != nil {
		panic(err)
	}
	return r
}

// MxRecordOf is an MX record.
func MxRecordOf(name string, priority uint16, host string) dns.Record {
	r := DNSRecordOf(name, "MX", host)
	r.Priority = priority
	return r
}
