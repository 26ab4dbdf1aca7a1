//go:build unix

package mailserverapi

import "syscall"

// noFollow prevents opening the target of a symbolic link in a shared folder.
const noFollow = syscall.O_NOFOLLOW
