package kit

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// SharedLockFolder returns the folder for locks that all users of one machine share, or "" on
// systems without such a place.
func SharedLockFolder() string {
	if runtime.GOOS == "windows" {
		return ""
	}
	return "/tmp/terraform-provider-postmaster.locks" // not os.TempDir, which may differ between users
}

// LockFolder returns a folder for locks between the processes of one machine. The locks serialize
// calls that a service cannot take in parallel. The first choice is the shared folder. If it cannot
// be used, the folder is one of the user's own: in the cache folder, or in the temporary folder
// where no cache can be written, as in many containers. If no folder can be written, the result is
// "", and each process has only its own locks.
func LockFolder(shared string) string {
	const name = "terraform-provider-postmaster"
	if shared != "" && openToAll(shared) && writable(shared) {
		return shared
	}
	if cache, err := os.UserCacheDir(); err == nil {
		folder := filepath.Join(cache, name)
		if os.MkdirAll(folder, 0o700) == nil && writable(folder) {
			return folder
		}
	}
	folder := filepath.Join(os.TempDir(), fmt.Sprintf("%s-%d", name, os.Getuid())) // other users have theirs there too
	if os.MkdirAll(folder, 0o700) == nil && writable(folder) {
		return folder
	}
	return ""
}

// openToAll creates a folder in which all users can create files and nobody can delete the files of
// others. It returns false if that fails, or if the folder exists with other permissions.
func openToAll(folder string) bool {
	const mode = os.ModeDir | os.ModeSticky | 0o777
	if os.Mkdir(folder, 0o700) == nil {
		if os.Chmod(folder, os.ModeSticky|0o777) != nil {
			return false
		}
	}
	info, err := os.Lstat(folder)
	return err == nil && info.Mode() == mode
}

// writable reports whether files can be created in a folder.
func writable(folder string) bool {
	file, err := os.CreateTemp(folder, "probe-*")
	if err != nil {
		return false
	}
	_ = file.Close()
	return os.Remove(file.Name()) == nil
}
