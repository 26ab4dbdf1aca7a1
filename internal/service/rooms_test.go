package service_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// A room names no service, neither in code nor in comments or texts. What it says about a service,
// the service provides.
func TestRoomsNameNoService(t *testing.T) {
	var words []string
	for _, s := range service.All {
		words = append(words, regexp.QuoteMeta(s.Name()), regexp.QuoteMeta(s.Title()))
	}
	names := regexp.MustCompile(`(?i)\b(` + strings.Join(words, "|") + `)\b`)
	for _, room := range []string{"mail", "sender", "zone", "verify", "cert", "kit"} {
		files, err := filepath.Glob(filepath.Join("..", room, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			t.Errorf("there is no room %s", room)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(text), "\n") {
				if name := names.FindString(line); name != "" {
					t.Errorf("%s:%d names %s: %s", file, i+1, name, strings.TrimSpace(line))
				}
			}
		}
	}
}
