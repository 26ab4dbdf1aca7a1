package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	// dropped is what an anchor lacks of its heading.
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// Links between the pages of the documentation name a page that exists, with its ending, and a
// heading that it has. Without the ending, a link works in the registry only.
func TestLinksBetweenPages(t *testing.T) {
	pages := map[string]string{} // what is written of each page, by its path in docs
	err := filepath.WalkDir("templates", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		below, _ := filepath.Rel("templates", file)
		pages[strings.TrimSuffix(filepath.ToSlash(below), ".tmpl")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for page, text := range pages {
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			checked++
			to := page
			if target != "" {
				to = path.Join(path.Dir(page), target)
			}
			switch written, ok := pages[to]; {
			case !strings.HasSuffix(to, ".md"):
				t.Errorf("%s: the link %s has no ending .md", page, found[1])
			case ok && anchor != "" && !hasHeading(written, anchor):
				t.Errorf("%s: %s has no heading for the link %s", page, to, found[1])
			case !ok && !isGenerated(to):
				t.Errorf("%s: there is no page for the link %s", page, found[1])
			}
		}
	}
	if checked == 0 {
		t.Error("no links were found")
	}
}

// hasHeading reports whether a page has a heading with an anchor.
func hasHeading(text, anchor string) bool {
	for _, found := range heading.FindAllStringSubmatch(text, -1) {
		if strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(found[1]), ""), " ", "-") == anchor {
			return true
		}
	}
	return false
}

// isGenerated reports whether a page is made from the schema: such pages have examples.
func isGenerated(page string) bool {
	kind, name, _ := strings.Cut(strings.TrimSuffix(page, ".md"), "/")
	if kind != "functions" {
		name = "postmaster_" + name
	}
	_, err := os.Stat(filepath.Join("examples", kind, name))
	return err == nil
}
