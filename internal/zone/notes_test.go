package zone_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

func TestNotesOfAllVersions(t *testing.T) { testkit.CheckNotes(t, zone.Notes) }
