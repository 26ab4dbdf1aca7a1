// Package newest has the tests of what only Terraform 1.14 and later can do: queries, imports by
// identity, and actions. Its test files have the build tag terraform114, which `make
// test-terraform-newest` sets. What they test is tested without Terraform in package provider, too.
package newest
