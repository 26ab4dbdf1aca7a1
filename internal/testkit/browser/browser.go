// Package browser shows pages in a real browser, for tests of what people see.
package browser

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
	"testing"
	"time"
)

// programs are the commands of browsers that can be run without a screen.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Open runs a browser on a page until the page is loaded, and returns what it writes, such as the
// document with the option --dump-dom. The browser reaches the loopback interface only.
func Open(t testing.TB, url string, options ...string) []byte {
	t.Helper()
	var program string
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Fatalf("none of the browsers %q is in PATH: install one (Debian: apt-get install chromium)", programs)
	}
	// The browser's processes may still write after it has ended, so that the folder is not
	// t.TempDir, which must be empty then.
	folder, err := os.MkdirTemp("", "page-browser-") //nolint:usetesting // see above
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

// Screenshot returns the page as the browser paints it in a window of that size.
func Screenshot(t testing.TB, url string, width, height int, options ...string) image.Image {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.png")
	Open(t, url, append(options, "--screenshot="+file, fmt.Sprintf("--window-size=%d,%d", width, height))...)
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

// Colours counts the colours of a picture. Text has many, because its edges are smoothed.
func Colours(picture image.Image) int {
	seen := map[color.Color]bool{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			seen[picture.At(x, y)] = true
		}
	}
	return len(seen)
}

// phoneWidth is the width of a usual phone's screen, in pixels of CSS.
const phoneWidth = 390

// CheckPhone fails the test if anything on the page is wider than a phone's screen, even when all
// details are unfolded, or if the page has another title. The page runs no script, so another page
// measures a copy of it, whose script could run: if a text of the page became a script that changes
// the title, it would show.
func CheckPhone(t testing.TB, page []byte, title string) {
	t.Helper()
	ruler := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/copy" {
			w.Write(page) //nolint:errcheck // the browser would show that
			return
		}
		fmt.Fprintf(w, `<!DOCTYPE html><p id="measured"></p><script>
			function measure(frame) {
				const page = frame.contentDocument;
				page.querySelectorAll("details").forEach(d => d.open = true);
				const wide = [...page.querySelectorAll("body *")].filter(e => e.tagName != "PRE" && !e.classList.contains("hidden") && e.clientWidth > 0 && e.scrollWidth > e.clientWidth);
				measured.textContent = page.documentElement.scrollWidth + " of " + frame.clientWidth + ", title " + page.title +
					", too wide: " + wide.map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 40)).join("; ") + ".";
			}
		</script><iframe src="/copy" style="width:%dpx; height:844px; border:0" onload="measure(this)"></iframe>`, phoneWidth)
	}))
	t.Cleanup(ruler.Close)
	dom := string(Open(t, ruler.URL, "--dump-dom", "--window-size=800,1000"))
	found := regexp.MustCompile(`(?s)<p id="measured">(.*?)</p>`).FindStringSubmatch(dom)
	if want := fmt.Sprintf("%d of %d, title %s, too wide: .", phoneWidth, phoneWidth, title); found == nil || found[1] != want {
		t.Errorf("measured %q, want %q", found, want)
	}
}

// Serve serves a page until the test ends, and returns its address.
func Serve(t testing.TB, page []byte) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.Copy(w, bytes.NewReader(page)) //nolint:errcheck // the browser would show that
	}))
	t.Cleanup(server.Close)
	return server.URL
}
