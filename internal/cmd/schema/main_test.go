package main

import "testing"

func TestUnderShortName(t *testing.T) {
	for _, address := range []string{"registry.terraform.io/postmaster-dev/postmaster", "registry.opentofu.org/postmaster-dev/postmaster"} {
		got, err := underShortName([]byte(`{"format_version":"1.0","provider_schemas":{"terraform.io/builtin/terraform":{},"` + address + `":{"resource_schemas":{}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"format_version":"1.0","provider_schemas":{"postmaster":{"resource_schemas":{}}}}`; string(got) != want {
			t.Errorf("%s: got %s; want %s", address, got, want)
		}
	}
	for _, without := range []string{`{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/random":{}}}`, `not JSON`} {
		if got, err := underShortName([]byte(without)); err == nil {
			t.Errorf("%s gave %s", without, got)
		}
	}
}
