package testkit

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// ContainsAll reports whether a text contains all of these texts.
func ContainsAll(said string, texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(said, text) })
}

// DNSRecordOf returns a canonical record. It panics if the record is invalid.
func DNSRecordOf(name, recordType, value string) dns.Record {
	r, err := dns.NewRecord(name, recordType, value)
	if err != nil {
		panic(err)
	}
	return r
}

// MXRecordOf returns an MX record. It panics if the record is invalid.
func MXRecordOf(name string, priority uint16, host string) dns.Record {
	r := DNSRecordOf(name, "MX", host)
	r.Priority = priority
	return r
}
