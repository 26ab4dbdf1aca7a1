package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The formats are as in the golden files. After a change that is meant, run with -update and look at
// the difference.
func TestFormats(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer, Format, Style) error{
		"check":  func(out *bytes.Buffer, f Format, s Style) error { return WriteCheck(out, f, s, sampleReport()) },
		"status": func(out *bytes.Buffer, f Format, s Style) error { return WriteEstate(out, f, s, sampleEstate()) },
	} {
		for file, style := range map[string]Style{name + ".table": {}, name + ".all.table": {All: true}, name + ".markdown": {}, name + ".json": {}} {
			if style.All && name != "check" {
				continue
			}
			format := Format(strings.TrimPrefix(filepath.Ext(file), "."))
			var got bytes.Buffer
			if err := write(&got, format, style); err != nil {
				t.Fatal(err)
			}
			file = filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s as %s is\n%s\nwant\n%s", name, format, got.String(), want)
			}
		}
	}
}

// With ASCII, a table has no other characters, and with colours, it differs in nothing else.
func TestStyles(t *testing.T) {
	table := func(s Style) string {
		var out bytes.Buffer
		if err := WriteEstate(&out, Table, s, sampleEstate()); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	plainTable, asciiTable := table(Style{}), table(Style{ASCII: true})
	for _, r := range asciiTable {
		if r > 0x7e {
			t.Fatalf("%q is in the table in ASCII:\n%s", r, asciiTable)
		}
	}
	if !strings.Contains(asciiTable, "+X?") || !strings.Contains(plainTable, "✓✗?") {
		t.Errorf("the marks are missing in\n%s\n%s", asciiTable, plainTable)
	}
	colored := table(Style{Color: true})
	if !strings.Contains(colored, "\x1b[31m✗\x1b[0m") {
		t.Errorf("there is no colour in\n%s", colored)
	}
	for _, m := range marks {
		colored = strings.ReplaceAll(colored, m.color, "")
	}
	if got := strings.ReplaceAll(colored, colorEnd, ""); got != plainTable {
		t.Errorf("without its colours, the table is\n%s\nwant\n%s", got, plainTable)
	}
}

func TestParseFormat(t *testing.T) {
	if f, err := ParseFormat("Markdown"); f != Markdown || err != nil {
		t.Errorf("%q, %v", f, err)
	}
	if _, err := ParseFormat("pdf"); err == nil || !strings.Contains(err.Error(), "table, json, markdown and html") {
		t.Errorf("%v", err)
	}
}
