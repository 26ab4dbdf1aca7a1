package report

import (
	"bytes"
	"image/color"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/browser"
)

// hostileTitle would change the title of the page if it were more than a text.
const hostileTitle = `<script>document.title='evil'</script><img src=x onerror="document.title='evil'">`

func pages(t *testing.T) map[string][]byte {
	t.Helper()
	r, e := sampleReport(), sampleEstate()
	r.Results[0].Found, e.Domains[0].Records[0].Value, e.Domains[0].Check.SPF.Text = hostileTitle, hostileTitle, hostileTitle+strings.Repeat("long", 200)
	e.Domains[1].Name = strings.Repeat("a", 63) + "." + strings.Repeat("b", 63) + ".example"
	var checked, status bytes.Buffer
	if err := WriteCheck(&checked, HTML, Style{}, r); err != nil {
		t.Fatal(err)
	}
	if err := WriteEstate(&status, HTML, Style{}, e); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"Mail of example.com": checked.Bytes(), "Mail domains": status.Bytes()}
}

// A browser shows the page with its style, in light and in dark, and runs nothing of it.
func TestBrowserShowsThePage(t *testing.T) {
	t.Parallel()
	for title, page := range pages(t) {
		url := browser.Serve(t, page)
		dom := string(browser.Open(t, url, "--dump-dom"))
		for _, want := range []string{"<title>" + title + "</title>", "&lt;script&gt;document.title='evil'&lt;/script&gt;", "spf_lookups", "at least 12 of 10 lookups", "policy none"} {
			if !strings.Contains(dom, want) {
				t.Errorf("%s: the browser does not show %s in\n%s", title, want, dom)
			}
		}
	}
	page := browser.Serve(t, pages(t)["Mail domains"])
	for _, look := range []struct {
		width, height int
		ground        color.NRGBA
		options       []string
	}{
		{390, 1600, color.NRGBA{0xf4, 0xf5, 0xf8, 0xff}, nil},
		{1280, 900, color.NRGBA{0x11, 0x14, 0x1b, 0xff}, []string{"--blink-settings=preferredColorScheme=0"}}, // dark
	} {
		picture := browser.Screenshot(t, page, look.width, look.height, look.options...)
		if got := color.NRGBAModel.Convert(picture.At(2, look.height/2)); got != look.ground {
			t.Errorf("%d wide, %q: the ground is %v, want %v", look.width, look.options, got, look.ground)
		}
		if n := browser.Colours(picture); n < 16 {
			t.Errorf("%d wide: there are %d colours, so that there is no text", look.width, n)
		}
	}
}

// On a phone nothing is wider than the screen.
func TestPageFitsAPhone(t *testing.T) {
	t.Parallel()
	for title, page := range pages(t) {
		browser.CheckPhone(t, page, title)
	}
}

// Nothing is loaded from elsewhere, and the page says so to the browser.
func TestPageStandsAlone(t *testing.T) {
	for title, page := range pages(t) {
		text := string(page)
		if !regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[A-Za-z0-9+/=&#;]+&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">`).MatchString(text) {
			t.Errorf("%s has no policy:\n%.600s", title, text)
		}
		tags, _ := elements(t, text)
		for _, tag := range tags {
			if name, _, _ := strings.Cut(tag, " "); slices.Contains([]string{"script", "link", "iframe", "img", "object", "form", "base"}, name) {
				t.Errorf("%s has <%s>", title, tag)
			}
		}
		if found := regexp.MustCompile(`url\(|@import`).FindString(pageCSS); found != "" {
			t.Errorf("the style has %s", found)
		}
	}
}
