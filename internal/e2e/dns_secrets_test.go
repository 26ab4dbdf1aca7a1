package e2e

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// credentialLines matches the lines of a provider block that have credentials.
var credentialLines = regexp.MustCompile(`(?m)^ *(api_token|api_key|key_secret) .*\n`)

// The credentials of DNS hosts are in no log, state, plan or message, even if the host refuses
// them.
func TestDNSCredentialsAreNowhere(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	w := newWorkspace(t, credentialLines.ReplaceAllString(dnsProvider(t, s), "")+killedRecordsConfig)
	secrets := map[string]string{
		"Cloudflare's token":           cloudflaresim.Token,
		"Cloudflare's read-only token": cloudflaresim.TokenReadOnly,
		"Namecheap's key":              namecheapsim.APIKey,
		"the TSIG key":                 rfc2136sim.KeySecret,
		"the wrong TSIG key":           rfc2136sim.ReadOnlyKeySecret,
	}
	w.Setenv("CLOUDFLARE_API_TOKEN", cloudflaresim.Token)
	w.Setenv("NAMECHEAP_API_KEY", namecheapsim.APIKey)
	w.Setenv("DNS_UPDATE_KEYSECRET", rfc2136sim.KeySecret)
	w.Setenv("TF_LOG", "trace")
	w.Setenv("TF_LOG_PATH", filepath.Join(w.Dir, "trace.log"))

	var printed strings.Builder
	for _, args := range [][]string{
		{"plan", "-no-color", "-input=false", "-out=first.tfplan"},
		{"apply", "-no-color", "-input=false", "first.tfplan"},
		{"show", "-json"},
	} {
		printed.WriteString(w.must(t, args...))
	}
	w.Setenv("CLOUDFLARE_API_TOKEN", cloudflaresim.TokenReadOnly)
	w.Setenv("DNS_UPDATE_KEYSECRET", rfc2136sim.ReadOnlyKeySecret)
	out, err := w.Run(t.Context(), "destroy", "-auto-approve", "-no-color", "-input=false")
	if err == nil {
		t.Errorf("records were deleted with credentials that cannot do so:\n%s", out)
	} else {
		printed.WriteString(output(err))
	}

	places := map[string]string{"what is printed": printed.String()}
	collect(t, w.Dir, places)
	for place, text := range places {
		for name, secret := range secrets {
			for _, form := range written(secret) {
				if strings.Contains(text, form) {
					t.Errorf("%s is in %s", name, place)
					break
				}
			}
		}
	}
	if len(places["trace.log"]) < 100_000 {
		t.Errorf("the log has only %d bytes: was tracing on?", len(places["trace.log"]))
	}
}
