package testkit

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Private is an object's private state in memory.
type Private map[string][]byte

// GetKey implements [kit.PrivateState].
func (p Private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

// SetKey implements [kit.PrivateState].
func (p Private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

// CheckNotes checks that notes of every version can be read. The notes are given by their keys,
// each with a function that returns a pointer to an empty value. The file
// testdata/notes/KEY-vN.json is the note with version N. The note is read, and what is written of
// the newest version is exactly its file: whoever changes the form of a note has to give it another
// version. A version that is not known is an error.
func CheckNotes(t *testing.T, notes map[string]func() any) {
	t.Helper()
	newest := NoteVersion(t)
	for key, value := range notes {
		newestFile := fmt.Sprintf("%s-v%d.json", key, newest)
		files, err := filepath.Glob(filepath.Join("testdata", "notes", key+"-v*.json"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, file := range files {
			read := value()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if is, diags := kit.ReadNote(t.Context(), Private{key: text}, key, "the note "+key, read); !is || diags.HasError() {
				t.Errorf("%s cannot be read: %v", file, diags)
			}
			if reflect.ValueOf(read).Elem().IsZero() {
				t.Errorf("%s says nothing", file)
			}
			if filepath.Base(file) == newestFile {
				found = true
				checkWritten(t, key, text, read)
			}
		}
		if !found {
			t.Errorf("there is no fixture testdata/notes/%s", newestFile)
		}
		future := fmt.Appendf(nil, `{"version":%d,"content":{}}`, newest+1)
		_, diags := kit.ReadNote(t.Context(), Private{key: future}, key, "the note "+key, value())
		if want := fmt.Sprintf("it has version %d", newest+1); !strings.Contains(ErrorText(diags), want) {
			t.Errorf("of the note %s with an unknown version it says %v, and not %q", key, diags, want)
		}
	}
}

// checkWritten checks that a value is written as its fixture has it.
func checkWritten(t *testing.T, key string, text []byte, value any) {
	t.Helper()
	private := Private{}
	if diags := kit.WriteNote(t.Context(), private, key, "the note "+key, value); diags.HasError() {
		t.Fatal(diags)
	}
	var written, fixture any
	if err := json.Unmarshal(private[key], &written); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &fixture); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(written, fixture) {
		t.Errorf("the note %s is written as %s, and the fixture of this version is %s", key, private[key], text)
	}
}

// NoteVersion returns the version of the notes that the provider writes.
func NoteVersion(t *testing.T) int {
	t.Helper()
	private := Private{}
	if diags := kit.WriteNote(t.Context(), private, "any", "anything", true); diags.HasError() {
		t.Fatal(diags)
	}
	var note struct{ Version int }
	if err := json.Unmarshal(private["any"], &note); err != nil {
		t.Fatal(err)
	}
	return note.Version
}
