package main

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
)

func TestArguments(t *testing.T) {
	for _, test := range []struct {
		args, wantOut, wantErr string
	}{
		{"-version", "dev\n", ""},
		{"-version apply", "", `unexpected argument "apply"`},
		{"", "", "terraform-provider-postmaster check example.com"}, // not started by Terraform
		{"-sandbox-file state.json", "", "-sandbox-file is of use with -sandbox only"},
		{"-sandbox nowhere", "", `sandbox address "nowhere"`},
		{"-colour", "", "flag provided but not defined: -colour"},
	} {
		var out strings.Builder
		err := run(strings.Fields(test.args), &out)
		if out.String() != test.wantOut {
			t.Errorf("%s wrote %q; want %q", test.args, out.String(), test.wantOut)
		}
		if test.wantErr == "" && err != nil || test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)) {
			t.Errorf("%s gave the error %v; want one with %q", test.args, err, test.wantErr)
		}
	}
}

func TestHelp(t *testing.T) {
	if err := run([]string{"-help"}, &strings.Builder{}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v; want the help", err)
	}
}

// Logs that nobody has asked for are not written; those that somebody has are.
func TestSpareUnreadLogs(t *testing.T) {
	for name, asked := range map[string]string{"nobody asks": "", "somebody asks": "debug"} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range os.Environ() {
				if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_LOG") {
					t.Setenv(name, "")
				}
			}
			libraries := []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO"}
			for _, name := range libraries {
				t.Setenv(name, "")
			}
			t.Setenv("TF_LOG", asked)
			if err := spareUnreadLogs(); err != nil {
				t.Fatal(err)
			}
			for _, name := range libraries {
				if off := os.Getenv(name) == "off"; off == (asked != "") {
					t.Errorf("%s is %q", name, os.Getenv(name))
				}
			}
		})
	}
}
