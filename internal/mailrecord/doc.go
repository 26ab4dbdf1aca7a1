// Package mailrecord knows the DNS records that mail needs: SPF, DKIM keys, DMARC policies, MX, and the TXT strings that
// carry most of them. It parses, checks, builds, compares and merges their text, and does no input or output of its own;
// where a rule needs answers of the DNS (nested SPF lookups), the caller passes a function that asks.
//
// Texts are the joined contents of a record, without quotes: UnquoteTXT and QuoteTXT stand between them and the
// presentation format of zone files and of some APIs. Domain names are compared without regard to case and without their
// trailing dot. Errors are what makes a record unusable and name the place; warnings are what works but should not stay so.
package mailrecord
