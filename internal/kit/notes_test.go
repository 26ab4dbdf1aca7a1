package kit_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

func TestNotesOfAllVersions(t *testing.T) { testkit.CheckNotes(t, kit.Notes) }
