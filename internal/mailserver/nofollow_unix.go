//go:build unix

package mailserver

import "syscall"

// noFollow keeps from opening what a symbolic link in a shared folder points to.
const noFollow = syscall.O_NOFOLLOW
