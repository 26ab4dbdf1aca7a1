package nameserver

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// portAttempts is how often another port is tried if somebody else has taken a free one.
const portAttempts = 5

// Program is a name server that can be run.
type Program struct {
	// Name is the usual name, File the executable, and Package the Debian package.
	Name, File, Package string
	// Prepare writes the configuration and the zones into the folder s.Dir, and returns the
	// program's arguments.
	Prepare func(s *Server, zones []Zone) (args []string, err error)
	// Copied says that a copy of the program in s.Dir is started. AppArmor profiles depend on a
	// program's path and would restrict the original to folders of the system.
	Copied bool
	// PortTaken is what the program logs when its port is in use.
	PortTaken string
}

// Run starts a server with these zones, and returns when it serves them all. The caller has to stop
// the server. If a server does not start, the error contains its log.
func (p Program) Run(zones ...Zone) (*Server, error) {
	path, err := find(p.File)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be run: there is no %s in PATH or /usr/sbin: install it (Debian: apt-get install %s)", p.Name, p.File, p.Package)
	}
	dir, err := os.MkdirTemp("", p.File+"-")
	if err != nil {
		return nil, err
	}
	s := &Server{
		Host:    "127.0.0.1",
		Updater: newKey("updater.test"),
		Writer:  newKey("writer.test"),
		Reader:  newKey("reader.test"),
		Denied:  newKey("denied.test"),
		Dir:     dir,
		program: p,
	}
	for attempt := 1; ; attempt++ {
		if err = s.start(path, zones); err == nil {
			return s, nil
		}
		log := s.Log()
		if attempt < portAttempts && p.PortTaken != "" && bytes.Contains(log, []byte(p.PortTaken)) {
			continue
		}
		return nil, errors.Join(fmt.Errorf("starting %s: %w; it says:\n%s", p.Name, err, log), os.RemoveAll(dir))
	}
}

// Start is [Program.Run] for a test: the server runs until the test ends. If the test fails, its
// log is in the test's output.
func (p Program) Start(t testing.TB, zones ...Zone) *Server {
	t.Helper()
	s, err := p.Run(zones...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s says:\n%s", p.Name, s.Log())
		}
		if err := s.Stop(); err != nil {
			t.Errorf("stopping %s: %v", p.Name, err)
		}
	})
	return s
}

// find looks for a program also in folders that only root has in its PATH.
func find(file string) (string, error) {
	path, err := exec.LookPath(file)
	if err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		path := filepath.Join(dir, file)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", err
}
