package service_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// Every note in private state has a fixture of its newest version, in testdata/notes of the package
// that writes it. What is written without kit.WriteNote has versions of its own; its fixture is
// where its content is made.
func TestEveryNoteHasAFixture(t *testing.T) {
	newest := testkit.NoteVersion(t)
	notes := 0
	err := filepath.WalkDir("..", func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if slices.Contains([]string{"testkit", "cmd", "e2e", "testdata"}, entry.Name()) {
			return fs.SkipDir
		}
		for call, key := range notesOf(t, folder) {
			notes++
			pattern := filepath.Join(folder, "testdata", "notes", fmt.Sprintf("%s-v%d.json", key, newest))
			if call == "SetKey" {
				pattern = filepath.Join("*", "testdata", "notes", key+"-v*.json")
			}
			if files, err := filepath.Glob(pattern); err != nil || len(files) == 0 {
				t.Errorf("%s writes the note %q, which has no fixture %s", folder, key, pattern)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if notes < 8 {
		t.Errorf("only %d notes are found", notes)
	}
}

// notesOf yields the keys of the notes that the package in a folder writes, each with the function
// that writes it.
func notesOf(t *testing.T, folder string) func(yield func(call, key string) bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	constants, keys := map[string]string{}, map[[2]string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, value := range n.Values {
					if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
						constants[n.Names[i].Name], _ = strconv.Unquote(literal.Value)
					}
				}
			case *ast.CallExpr:
				if call, key := noteIn(n); key != "" {
					keys[[2]string{call, key}] = true
				}
			}
			return true
		})
	}
	return func(yield func(call, key string) bool) {
		for k := range keys {
			key, ok := constants[k[1]]
			if !ok {
				t.Errorf("%s writes a note whose key %s is no constant of the package", folder, k[1])
			}
			if !yield(k[0], key) {
				return
			}
		}
	}
}

// noteIn returns the function that a call calls, and the name of the key, if the call writes a
// note: WriteNote(ctx, private, key, …), or SetKey(ctx, key, value) elsewhere than in the kit.
func noteIn(call *ast.CallExpr) (function, key string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		function = f.Name
	case *ast.SelectorExpr:
		function = f.Sel.Name
	}
	at := map[string]int{"WriteNote": 2, "SetKey": 1}[function]
	if at == 0 || len(call.Args) <= at {
		return "", ""
	}
	name, ok := call.Args[at].(*ast.Ident)
	if !ok || name.Name == "key" { // a parameter: the kit itself
		return "", ""
	}
	return function, name.Name
}
