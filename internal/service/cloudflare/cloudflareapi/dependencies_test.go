package cloudflareapi_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The root package of the SDK knows all of Cloudflare: it takes minutes to compile and adds several
// megabytes to the provider.
func TestSDKRootIsNotLinked(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	const sdk = "github.com/cloudflare/cloudflare-go/v7"
	if slices.Contains(packages, sdk) {
		t.Errorf("%s is linked: import its sub-packages alone", sdk)
	}
	if !slices.Contains(packages, sdk+"/dns") {
		t.Errorf("%s/dns is not among the %d packages: the test looks for the wrong names", sdk, len(packages))
	}
}
