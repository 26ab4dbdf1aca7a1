package cert

// Fingerprint returns the fingerprint of a certificate as the state has it.
var Fingerprint = fingerprint
