package kit

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// SharedLockFolder is where the processes of all users of one machine meet; "" on
// systems that have no such place.
func SharedLockFolder() string {
	if runtime.GOOS == "windows" {
		return ""
	}
	return "/tmp/terraform-provider-postmaster.locks" // not os.TempDir, which may be another one for each user
}

// LockFolder is the folder for the locks that keep processes of one machine from
// making calls side by side which a service cannot take side by side. The first
// choice is one that all users share, the next ones are the user's own: among the
// cached files, or among the temporary ones where no cache can be written, as in many
// a container. Where nothing can be written it is "": then each process has only its
// own locks.
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
	folder := filepath.Join(os.TempDir(), fmt.Sprintf("%s-%d", name, os.Getuid())) // others have theirs there too
	if os.MkdirAll(folder, 0o700) == nil && writable(folder) {
		return folder
	}
	return ""
}

// openToAll makes a folder in which all users may make files, and nobody may delete
// those of others. One that is there already has to be such a folder.
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

// writable is whether files can be made in a folder.
func writable(folder string) bool {
	file, err := os.CreateTemp(folder, "probe-*")
	if err != nil {
		return false
	}
	_ = file.Close()
	return os.Remove(file.Name()) == nil
}
