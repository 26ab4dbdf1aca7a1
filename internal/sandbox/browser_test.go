package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browsers are the commands of browsers that can be run without a screen.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// browse runs a browser on a page until the page is loaded, and returns what it writes.
func browse(t *testing.T, url string, options ...string) []byte {
	t.Helper()
	var program string
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Fatalf("none of the browsers %q is in PATH: install one (Debian: apt-get install chromium)", browsers)
	}
	// The browser's processes may still write after it has ended, so that the folder is not
	// t.TempDir, which must be empty then.
	folder, err := os.MkdirTemp("", "sandbox-browser-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 20 {
			if os.RemoveAll(folder) == nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	arguments := append([]string{
		"--headless=new", "--disable-gpu", "--hide-scrollbars",
		"--no-sandbox", "--disable-dev-shm-usage", // for containers
		"--no-first-run", "--disable-extensions", "--disable-sync", "--disable-breakpad",
		"--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--user-data-dir=" + folder,
	}, options...)
	command := exec.CommandContext(ctx, program, append(arguments, url)...)
	command.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "XDG_CACHE_HOME="+folder)
	var errors bytes.Buffer
	command.Stderr = &errors
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, errors.String())
	}
	return out
}

// screenshot returns the page as the browser paints it in a window of that size.
func screenshot(t *testing.T, url string, width, height int) image.Image {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.png")
	browse(t, url, "--screenshot="+file, fmt.Sprintf("--window-size=%d,%d", width, height))
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if got := picture.Bounds(); got.Dx() != width || got.Dy() != height {
		t.Fatalf("the screenshot is %s, want %d by %d", got, width, height)
	}
	return picture
}

// A browser shows the page with its style, which the policy has to allow, and shows the texts of
// others as texts, which it must not run.
func TestBrowserShowsThePage(t *testing.T) {
	t.Parallel()
	server := seeded(t)
	dom := string(browse(t, server.URL, "--dump-dom"))
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
		picture := screenshot(t, server.URL, width, height)
		if got := color.NRGBAModel.Convert(picture.At(width/2, 4)); got != (color.NRGBA{0x1f, 0x3a, 0x8a, 0xff}) {
			t.Errorf("at a width of %d, the head of the page has the colour %v, not that of its style", width, got)
		}
		if n := colours(picture); n < 16 {
			t.Errorf("at a width of %d, the page has %d colours: there is no text", width, n)
		}
	}
}

// colours counts the colours of a picture. Text has many, because its edges are smoothed.
func colours(picture image.Image) int {
	seen := map[color.Color]bool{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			seen[picture.At(x, y)] = true
		}
	}
	return len(seen)
}

// On a phone nothing is wider than the screen, even when everything is unfolded. The page runs no
// script, so another page measures a copy of it, whose script could run.
func TestPageFitsAPhone(t *testing.T) {
	t.Parallel()
	server := seeded(t)
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := io.ReadAll(response.Body)
	response.Body.Close() //nolint:errcheck // read to its end
	if err != nil {
		t.Fatal(err)
	}
	ruler := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/copy" {
			w.Write(copied) //nolint:errcheck // the browser would show that
			return
		}
		io.WriteString(w, `<!DOCTYPE html><p id="measured"></p><script>
			function measure(frame) {
				const page = frame.contentDocument;
				page.querySelectorAll("details").forEach(d => d.open = true);
				const wide = [...page.querySelectorAll("body *")].filter(e => e.tagName != "PRE" && e.clientWidth > 0 && e.scrollWidth > e.clientWidth);
				measured.textContent = page.documentElement.scrollWidth + " of " + frame.clientWidth + ", title " + page.title +
					", too wide: " + wide.map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 40)).join("; ") + ".";
			}
		</script><iframe src="/copy" style="width:390px; height:844px; border:0" onload="measure(this)"></iframe>`) //nolint:errcheck // as above
	}))
	t.Cleanup(ruler.Close)
	dom := string(browse(t, ruler.URL, "--dump-dom", "--window-size=800,1000"))
	found := regexp.MustCompile(`(?s)<p id="measured">(.*?)</p>`).FindStringSubmatch(dom)
	if want := "390 of 390, title Sandbox of terraform-provider-postmaster, too wide: ."; found == nil || found[1] != want {
		t.Errorf("measured %q, want %q", found, want)
	}
}
