package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module writes a module of these files, which has no dependencies, and returns its folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
	folder := t.TempDir()
	files["go.mod"] = "module example.test/module\n\ngo 1.24\n"
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestMistakesOfOtherPlatforms(t *testing.T) {
	right := map[string]string{
		"main.go":              "package main\n\nimport \"example.test/module/lock\"\n\nfunc main() { println(lock.Lock()) }\n",
		"lock/lock_unix.go":    "//go:build unix\n\npackage lock\n\nimport \"syscall\"\n\nfunc Lock() error { return syscall.Flock(1, syscall.LOCK_EX) }\n",
		"lock/lock_windows.go": "package lock\n\nfunc Lock() error { return nil }\n",
	}
	cases := map[string]struct {
		change    map[string]string
		platforms []string
		wanted    []string // in the error, which is nil if this is empty
	}{
		"right everywhere":                            {nil, []string{"windows/amd64", "darwin/arm64", "linux/386"}, nil},
		"a function is missing":                       {map[string]string{"lock/lock_windows.go": "package lock\n"}, []string{"linux/amd64", "windows/amd64"}, []string{"windows/amd64", "undefined: lock.Lock"}},
		"a name that another system has":              {map[string]string{"lock/lock_windows.go": "package lock\n\nimport \"syscall\"\n\nfunc Lock() error { return syscall.Flock(1, 2) }\n"}, []string{"windows/amd64"}, []string{"windows/amd64", "undefined: syscall.Flock"}},
		"a number that is too large for 32 bits":      {map[string]string{"main.go": "package main\n\nfunc main() { println(int(1 << 40)) }\n"}, []string{"linux/arm"}, []string{"linux/arm", "overflows"}},
		"the same number where it is not":             {map[string]string{"main.go": "package main\n\nfunc main() { println(int(1 << 40)) }\n"}, []string{"linux/arm64"}, nil},
		"a file with a mistake in syntax":             {map[string]string{"lock/lock_windows.go": "package lock\n\nfunc Lock( error {}\n"}, []string{"windows/amd64"}, []string{"lock_windows.go:3"}},
		"a platform that is none":                     {nil, []string{"windows"}, []string{`"windows" is not a system and an architecture`}},
		"no platform":                                 {nil, nil, []string{"name the platforms"}},
		"a platform that the compiler has not":        {nil, []string{"windows/sparc"}, []string{"windows/sparc"}},
		"a package that is imported and is not there": {map[string]string{"lock/lock_windows.go": "package lock\n\nimport _ \"example.test/module/nothing\"\n\nfunc Lock() error { return nil }\n"}, []string{"windows/amd64"}, []string{"example.test/module/nothing"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for _, of := range []map[string]string{right, test.change} {
				for path, text := range of {
					files[path] = text
				}
			}
			var out strings.Builder
			err := run(t.Context(), module(t, files), test.platforms, &out)
			if len(test.wanted) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				if lines := strings.Count(out.String(), "\n"); lines != len(test.platforms) {
					t.Errorf("%d lines for %d platforms:\n%s", lines, len(test.platforms), out.String())
				}
				return
			}
			for _, wanted := range test.wanted {
				if err == nil || !strings.Contains(err.Error(), wanted) {
					t.Errorf("got %v, want %q in it", err, wanted)
				}
			}
		})
	}
}
