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

// longKey is the record of an RSA key of 4096 bits, longer than what a terminal shows.
var longKey = "v=DKIM1; k=rsa; p=" + strings.Repeat("MIICIjANBgkqhkiG9w0BAQEF", 30) + "IDAQAB"

// On paper is everything that the page has, in full: values of any length, and the checks that a screen
// shows folded.
func TestPagePrintsWhole(t *testing.T) {
	t.Parallel()
	e := sampleEstate()
	d := e.Domains[0]
	d.Records[2].Value, d.Check.SPF.Text = longKey, "v=spf1 "+strings.Repeat("ip4:192.0.2.25 ", 40)+"-all"
	d.Records[1].Value = longKey + "MISSING"
	var out bytes.Buffer
	if err := WriteEstate(&out, HTML, Style{}, e); err != nil {
		t.Fatal(err)
	}
	texts := []string{longKey, longKey + "MISSING", d.Check.SPF.Text, toLookAt, "The other 3 checks"}
	for _, r := range d.Check.Results {
		texts = append(texts, r.ID, r.Title, r.Found)
	}
	browser.CheckPrint(t, out.Bytes(), texts...)
}

// On a screen, the values are whole too.
func TestPageHasWholeValues(t *testing.T) {
	e := sampleEstate()
	e.Domains[0].Records[1].Value = longKey // which is missing, so it is expected too
	var out bytes.Buffer
	if err := WriteEstate(&out, HTML, Style{}, e); err != nil {
		t.Fatal(err)
	}
	if _, text := elements(t, out.String()); strings.Count(text, longKey) != 3 {
		t.Errorf("the page shows the whole value %d times, want it in both lists of what to look at and in the table of records", strings.Count(text, longKey))
	}
}
