// Package api holds what the HTTP clients of all services share: sending with
// retries that never repeat a change that may have happened, rate and
// concurrency limits, typed errors, masking of secrets, and the list cache.
//
// It knows nothing of any service and nothing of Terraform but its log.
package api
