// Package api holds what the HTTP clients of all services share: retries that never repeat a change
// which may have been made, limits of rate and concurrency, typed errors, masking of secrets, the
// cache of lists, and types for the odd values in answers.
//
// It knows no service, and of Terraform only the log.
package api
