package cert_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cert"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

func TestNotesOfAllVersions(t *testing.T) { testkit.CheckNotes(t, cert.Notes) }
