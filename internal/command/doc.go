// Package command has the commands that people call the program with: check, status, sandbox, help
// and version. Without a command, the program is a provider, which Terraform starts.
package command
