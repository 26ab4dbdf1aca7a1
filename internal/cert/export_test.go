package cert

// Fingerprint returns the fingerprint of a certificate as the state has it.
var Fingerprint = fingerprint

// Notes are the notes of this package, by their keys.
var Notes = map[string]func() any{renewalKey: func() any { return new(renewalNote) }}
