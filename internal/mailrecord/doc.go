// Package mailrecord handles the DNS records of mail: SPF, DKIM keys, DMARC policies, MX, and the
// TXT strings that carry most of them. It parses, checks, builds, compares and merges their text.
// It makes no calls: if a rule needs answers of the DNS (nested SPF lookups), the caller passes a
// function that asks.
//
// Texts are the joined contents of a record, without quotes. UnquoteTXT and QuoteTXT convert them
// from and to the presentation format of zone files and of some APIs. Domain names are compared
// without regard to case and trailing dot. Errors are about records that are unusable, and name the
// place. Warnings are about records that work but should be changed.
package mailrecord
