package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// printWidth is the width of a sheet of A4 between its margins, in pixels of CSS.
const printWidth = 718

// CheckPrint fails the test if one of the texts is not to be read on the printed page, or if anything
// on it is wider than the paper. The page runs no script, so another page shows a copy of it by the
// rules for printing, and looks at it there. Nothing is unfolded before.
func CheckPrint(t testing.TB, page []byte, texts ...string) {
	t.Helper()
	wanted, err := json.Marshal(texts) // which escapes < and >, so that no text ends the script
	if err != nil {
		t.Fatal(err)
	}
	press := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/copy" {
			w.Write(page) //nolint:errcheck // the browser would show that
			return
		}
		fmt.Fprintf(w, `<!DOCTYPE html><meta charset="utf-8"><p id="printed"></p><script>
			function print(frame) {
				const page = frame.contentDocument;
				let rules = 0;
				for (const sheet of page.styleSheets) for (const rule of sheet.cssRules) if (rule.media) {
					const of = rule.media.mediaText;
					if (of == "print") { rule.media.mediaText = "all"; rules++; }
					if (of.startsWith("screen")) rule.media.mediaText = "not all";
				}
				const text = page.body.innerText.replace(/\s+/g, " ");
				const lost = %s.filter(t => !text.includes(t.replace(/\s+/g, " ").trim()));
				const wide = [...page.querySelectorAll("body *")].filter(e => !e.classList.contains("hidden") && e.clientWidth > 0 && e.scrollWidth > e.clientWidth);
				printed.textContent = rules + " rules, too wide: " + wide.map(e => e.tagName + "." + e.className).join("; ") + ", not shown: " + lost.join(" | ") + ".";
			}
		</script><iframe src="/copy" style="width:%dpx; height:1000px; border:0" onload="print(this)"></iframe>`, wanted, printWidth)
	}))
	t.Cleanup(press.Close)
	dom := string(Open(t, press.URL, "--dump-dom", "--window-size=800,1000"))
	found := regexp.MustCompile(`(?s)<p id="printed">(.*?)</p>`).FindStringSubmatch(dom)
	if found == nil || strings.HasPrefix(found[1], "0 rules") || !strings.HasSuffix(found[1], " rules, too wide: , not shown: .") {
		t.Errorf("on paper: %.2000q", found)
	}
}
