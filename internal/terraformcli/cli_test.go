package terraformcli

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary act as the command: under the name terraform or tofu it behaves as
// fakeCommand says.
func TestMain(m *testing.M) {
	switch name := strings.TrimSuffix(filepath.Base(os.Args[0]), executableSuffix()); name {
	case "terraform", "tofu":
		syscall.Exit(fakeCommand(name, os.Args[1:])) // os.Exit waits a second when the race detector is on
	}
	os.Exit(m.Run())
}

func fakeCommand(name string, args []string) int {
	switch args[0] {
	case "version":
		fmt.Println(map[string]string{"terraform": "Terraform v1.11.4", "tofu": "OpenTofu v1.12.0"}[name])
	case "environment":
		fmt.Println(strings.Join(os.Environ(), "\n"))
	case "files":
		entries, _ := os.ReadDir(".")
		for _, entry := range entries {
			fmt.Println(entry.Name())
		}
	case "plan", "exit":
		fmt.Println("to standard output")
		fmt.Fprintln(os.Stderr, "to standard error")
		code, _ := strconv.Atoi(args[len(args)-1])
		return code
	case "patient": // ends in good order when it is interrupted
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		announce(args[1])
		<-interrupted
		fmt.Println("saved")
	case "parent": // runs a child, as Terraform runs a provider
		child := exec.Command(os.Args[0], "child", args[1])
		child.Stdout = os.Stdout
		_ = child.Run()
		time.Sleep(time.Hour)
	case "child":
		announce(args[1])
		time.Sleep(time.Hour)
	}
	return 0
}

// announce makes a file to say that the command runs.
func announce(file string) { _ = os.WriteFile(file, nil, 0o600) }

func awaitAnnouncement(t *testing.T, file string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			return
		}
	}
	t.Fatalf("the command did not say that it runs")
}

// fakeIn copies the test binary into dir under a command's name.
func fakeIn(t *testing.T, dir, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name+executableSuffix())
	if err := linkOrCopy(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFind(t *testing.T) {
	both, onlyTofu, neither := t.TempDir(), t.TempDir(), t.TempDir()
	terraform := fakeIn(t, both, "terraform")
	tofu := fakeIn(t, both, "tofu")
	lonelyTofu := fakeIn(t, onlyTofu, "tofu")
	for _, test := range []struct {
		name, variable, path string
		want                 CLI
		wantErr              string
	}{
		{"terraform comes first", "", both, CLI{terraform, Terraform, "1.11.4"}, ""},
		{"tofu where it is alone", "", onlyTofu, CLI{lonelyTofu, OpenTofu, "1.12.0"}, ""},
		{"the variable comes before PATH", tofu, neither, CLI{tofu, OpenTofu, "1.12.0"}, ""},
		{"a variable that names nothing does not fall back", filepath.Join(neither, "terraform"), both, CLI{}, pathVariable},
		{"nothing there", "", neither, CLI{}, "neither terraform nor tofu is in PATH"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(pathVariable, test.variable)
			t.Setenv("PATH", test.path)
			got, err := find(t.Context())
			if test.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantErr) {
					t.Fatalf("got %v, %v; want an error with %q", got, err, test.wantErr)
				}
				return
			}
			if err != nil || got != test.want {
				t.Fatalf("got %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, out string
		want      CLI
		wantErr   string
	}{
		{"Terraform", "Terraform v1.15.0\non linux_amd64\n", CLI{"", Terraform, "1.15.0"}, ""},
		{"pre-release", "OpenTofu v1.12.0-rc1\non linux_arm64\n", CLI{"", OpenTofu, "1.12.0-rc1"}, ""},
		{"next series", "Terraform v2.0.0\n", CLI{"", Terraform, "2.0.0"}, ""},
		{"after a warning", "There are some problems with the CLI configuration:\n\nTerraform v1.11.4\non linux_amd64\n", CLI{"", Terraform, "1.11.4"}, ""},
		{"too old", "Terraform v1.10.5\n", CLI{}, "1.11 or newer"},
		{"much too old", "Terraform v0.15.1\n", CLI{}, "1.11 or newer"},
		{"another program", "Packer v1.12.0\n", CLI{}, "names neither"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseVersion(test.out)
			if test.wantErr == "" && (err != nil || got != test.want) {
				t.Fatalf("got %v, %v; want %v", got, err, test.want)
			}
			if test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)) {
				t.Fatalf("got %v, %v; want an error with %q", got, err, test.wantErr)
			}
		})
	}
}
