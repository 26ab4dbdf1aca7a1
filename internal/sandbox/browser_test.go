package sandbox_test

import (
	"image/color"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/browser"
)

// A browser shows the page with its style, which the policy has to allow, and shows the texts of
// others as texts, which it must not run.
func TestBrowserShowsThePage(t *testing.T) {
	t.Parallel()
	server := seeded(t)
	dom := string(browser.Open(t, server.URL, "--dump-dom"))
	for _, want := range []string{
		"<title>Sandbox of terraform-provider-postmaster</title>", // and not what the records would make of it
		"&lt;script&gt;document.title='record'&lt;/script&gt;",
		"&lt;img src=x onerror=&quot;document.title='path'&quot;&gt;",
		"post@shop.example", "OVHcloud",
	} {
		if !strings.Contains(strings.ReplaceAll(dom, `"`, "&quot;"), strings.ReplaceAll(want, `"`, "&quot;")) {
			t.Errorf("the browser does not show %s in\n%s", want, dom)
		}
	}
	for width, height := range map[int]int{390: 844, 1280: 900} {
		picture := browser.Screenshot(t, server.URL, width, height)
		if got := color.NRGBAModel.Convert(picture.At(width/2, 4)); got != (color.NRGBA{0x1f, 0x3a, 0x8a, 0xff}) {
			t.Errorf("at a width of %d, the head of the page has the colour %v, not that of its style", width, got)
		}
		if n := browser.Colours(picture); n < 16 {
			t.Errorf("at a width of %d, the page has %d colours: there is no text", width, n)
		}
	}
}

// On a phone nothing is wider than the screen, even when everything is unfolded.
func TestPageFitsAPhone(t *testing.T) {
	t.Parallel()
	server := seeded(t)
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(response.Body)
	response.Body.Close() //nolint:errcheck // read to its end
	if err != nil {
		t.Fatal(err)
	}
	browser.CheckPhone(t, page, "Sandbox of terraform-provider-postmaster")
}
