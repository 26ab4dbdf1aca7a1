// Package e2e runs the built provider as its users do: as a process of its own,
// started by the real Terraform or OpenTofu command. What can be seen from within
// one process is tested where it lives; here is what it takes processes to show:
// kills, parallel runs, and what is left on disk and in logs.
package e2e
