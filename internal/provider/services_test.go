package provider

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// memoryPrivate is an object's private state.
type memoryPrivate map[string][]byte

func (m memoryPrivate) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) {
	return m[key], nil
}

func (m memoryPrivate) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	m[key] = value
	return nil
}

// Where the path of the sandbox comes from something that is yet to be made, an
// object of the sandbox is neither taken for gone nor said to be anybody else's.
func TestObjectOfASandboxThatIsNotKnownYet(t *testing.T) {
	inSandbox := newServices("test")
	if err := inSandbox.enterSandbox(filepath.Join(t.TempDir(), "sandbox.json"), nil); err != nil {
		t.Fatal(err)
	}
	private := memoryPrivate{}
	if diags := inSandbox.mark(t.Context(), private); diags.HasError() {
		t.Fatal(diags)
	}
	if diags := inSandbox.belongs(t.Context(), private); diags.HasError() {
		t.Error(diags)
	}
	undecided := newServices("test")
	undecided.notKnown("sandbox")
	text := errorText(undecided.belongs(t.Context(), private))
	if !strings.Contains(text, "sandbox of the provider configuration not known yet") || strings.Contains(text, "no longer") {
		t.Errorf("the error is %q", text)
	}
}

func TestLockFolder(t *testing.T) {
	home, temporary := t.TempDir(), t.TempDir()
	for _, variable := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(variable, home)
	}
	for _, variable := range []string{"TMPDIR", "TMP"} {
		t.Setenv(variable, temporary)
	}
	if folder := lockFolder(); !strings.HasPrefix(folder, home) {
		t.Errorf("beside a cache it is %s", folder)
	}
	file := filepath.Join(home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, noCache := range []string{"", file} {
		for _, variable := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
			t.Setenv(variable, noCache)
		}
		if folder := lockFolder(); filepath.Dir(folder) != temporary {
			t.Errorf("with %q for a cache it is %s, not below %s", noCache, folder, temporary)
		}
	}
}
