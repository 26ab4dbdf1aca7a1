// Package kit is what rooms and services share: the run that a configured provider is, the
// services that it works with, the blocks that configure them, and what resources have in common.
// It knows no service and no room.
package kit
