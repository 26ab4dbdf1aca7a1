package kit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLockFolder(t *testing.T) {
	home, temporary := t.TempDir(), t.TempDir()
	setHome := func(folder string) {
		for _, variable := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
			t.Setenv(variable, folder)
		}
	}
	setHome(home)
	for _, variable := range []string{"TMPDIR", "TMP"} {
		t.Setenv(variable, temporary)
	}
	file := filepath.Join(home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	private := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	shared := filepath.Join(t.TempDir(), "shared")
	for range 2 { // the second process finds the existing folder
		if folder := LockFolder(shared); folder != shared {
			t.Errorf("not the shared folder, but %s", folder)
		}
	}
	if info, err := os.Stat(shared); err != nil || info.Mode() != os.ModeDir|os.ModeSticky|0o777 {
		t.Errorf("the shared folder is %v, %v", info.Mode(), err)
	}
	// A folder that only some users can use is not shared. Neither is a link.
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(shared, link); err != nil {
		t.Fatal(err)
	}
	for _, none := range []string{"", file, private, link, filepath.Join(file, "below")} {
		if folder := LockFolder(none); !strings.HasPrefix(folder, home) {
			t.Errorf("with %q shared it is %s, not below the cache", none, folder)
		}
	}
	for _, noCache := range []string{"", file} {
		setHome(noCache)
		if folder := LockFolder(""); filepath.Dir(folder) != temporary {
			t.Errorf("with %q for a cache it is %s, not below %s", noCache, folder, temporary)
		}
	}
	t.Setenv("TMPDIR", file)
	t.Setenv("TMP", file)
	if folder := LockFolder(""); folder != "" {
		t.Errorf("with nothing to write to it is %q", folder)
	}
}
