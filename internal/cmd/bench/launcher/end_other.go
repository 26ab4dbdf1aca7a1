//go:build !linux

package main

import "os/exec"

// endTogether does nothing: this system cannot end a process together with its parent.
func endTogether(*exec.Cmd) {}
