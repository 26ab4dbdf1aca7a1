package google

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// The error about a credentials file says which setting names it: the attribute or the variable.
func TestPlaceOfCredentials(t *testing.T) {
	const file = "no-such-file.json"
	for want, test := range map[string]struct {
		environment, values map[string]string
	}{
		"google.credentials":             {nil, map[string]string{"credentials": file}},
		"GOOGLE_CREDENTIALS":             {map[string]string{"GOOGLE_CREDENTIALS": file}, nil},
		"GOOGLE_APPLICATION_CREDENTIALS": {map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": file}, nil},
	} {
		t.Run(want, func(t *testing.T) {
			for _, name := range variables {
				t.Setenv(name, test.environment[name])
			}
			host, err := readBlock(t, block(t, test.values)).Open(kit.NewRun("test", nil))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := host.FindZone(t.Context(), "example.com"); err == nil || !strings.Contains(err.Error(), "the file that "+want+" names, \""+file+"\", cannot be read") {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
}
