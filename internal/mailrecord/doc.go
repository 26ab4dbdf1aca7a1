// Package mailrecord knows the DNS records that mail needs: SPF, DKIM keys, DMARC policies, MX, and
// the TXT strings of most of them. It parses, checks, builds, compares and merges their text, and
// does no input or output. If a rule needs answers of the DNS (nested SPF lookups), the caller
// passes a function that asks.
//
// Texts are the joined contents of a record, without quotes. UnquoteTXT and QuoteTXT convert from
// and to the presentation format of zone files and of some APIs. Domain names are compared without
// regard to case and trailing dot. Errors are faults that make a record unusable, and name the
// place. Warnings are what works but should be changed.
package mailrecord
