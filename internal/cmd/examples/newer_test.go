package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

func TestKnowsNewer(t *testing.T) {
	for version, want := range map[terraformcli.CLI]bool{
		{Product: terraformcli.Terraform, Version: "1.11.4"}:      false,
		{Product: terraformcli.Terraform, Version: "1.13.9"}:      false,
		{Product: terraformcli.Terraform, Version: "1.14.0"}:      true,
		{Product: terraformcli.Terraform, Version: "1.16.0-beta"}: true,
		{Product: terraformcli.Terraform, Version: "2.0.0"}:       true,
		{Product: terraformcli.OpenTofu, Version: "1.14.0"}:       false,
		{Product: terraformcli.Terraform, Version: ""}:            false,
	} {
		if got := knowsNewer(version); got != want {
			t.Errorf("%s %s: %v", version.Product, version.Version, got)
		}
	}
}

func TestParse(t *testing.T) {
	folder := t.TempDir()
	if err := parse(folder); err == nil {
		t.Error("an empty folder is parsed without an error")
	}
	for _, step := range []struct {
		file, text string
		fails      bool
	}{
		{"action.tf", "action \"x\" \"y\" {\n}\n", false},
		{"notes.md", "{", false},
		{"list.tfquery.hcl", "list \"x\" {\n", true},
	} {
		if err := os.WriteFile(filepath.Join(folder, step.file), []byte(step.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := parse(folder); (err != nil) != step.fails {
			t.Errorf("with %s: %v", step.file, err)
		}
	}
}
