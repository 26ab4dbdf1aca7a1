// Package testkit has helpers that the tests of several packages share.
package testkit
