package sendgrid_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid"
)

// A note is read, and written as its fixture has it: another form needs another version.
func TestNoteOfVersion1(t *testing.T) {
	text, err := os.ReadFile("testdata/notes/sender-v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var diags diag.Diagnostics
	note := sendgrid.ReadNote(text, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	var written, fixture any
	if err := json.Unmarshal(note.Text(), &written); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &fixture); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(written, fixture) {
		t.Errorf("it is written as %s", note.Text())
	}
}
