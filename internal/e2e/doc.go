// Package e2e runs the built provider as users do: as a separate process that the real Terraform or
// OpenTofu command starts. It tests only what needs processes: kills, parallel runs, and the
// contents of files and logs. Everything else is tested in its own package.
package e2e
