package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	root := t.TempDir()
	if found, err := find(root); err == nil {
		t.Errorf("found %v where there is nothing, without an error", found)
	}
	for _, file := range []string{"firm/main.tf", "firm/outputs.tf", "firm/staff.csv", "firm/.terraform/modules/m/main.tf", "resources/a/resource.tf", "resources/b/import.sh", "resources/a/import-by-identity.tf", "list-resources/a/list-resource.tfquery.hcl", "guides/adopt/query/main.tf", "actions/a/action.tf"} {
		path := filepath.Join(root, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := find(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []configuration{
		{folder: filepath.Join(root, "actions", "a"), newer: true},
		{folder: filepath.Join(root, "firm")},
		{folder: filepath.Join(root, "guides", "adopt", "query"), newer: true},
		{folder: filepath.Join(root, "list-resources", "a"), newer: true},
		{folder: filepath.Join(root, "resources", "a"), newer: true, identity: true},
		{folder: filepath.Join(root, "resources", "a")},
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %v; want %v", found, want)
	}
}

func TestStatesProviders(t *testing.T) {
	folder := t.TempDir()
	for _, step := range []struct {
		file, text string
		want       bool
	}{
		{"main.tf", `resource "postmaster_mail_domain" "x" {}`, false},
		{"notes.md", `required_providers`, false},
		{"versions.tf", `terraform { required_providers {} }`, true},
	} {
		if err := os.WriteFile(filepath.Join(folder, step.file), []byte(step.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := statesProviders(folder); err != nil || got != step.want {
			t.Errorf("with %s: got %v, %v; want %v", step.file, got, err, step.want)
		}
	}
}
