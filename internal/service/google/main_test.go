package google_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func TestMain(m *testing.M) { world.Main(m) }
