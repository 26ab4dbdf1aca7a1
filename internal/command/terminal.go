package command

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/report"
)

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// style is how a table may look where it is written to.
func (p Program) style() report.Style {
	return report.Style{Color: isTerminal(p.Out) && p.colors(), ASCII: !p.utf8()}
}

// colors reports whether the environment allows colours on a terminal.
func (p Program) colors() bool {
	return p.Getenv("NO_COLOR") == "" && p.Getenv("TERM") != "dumb" && (runtime.GOOS != "windows" || p.modernWindows())
}

// utf8 reports whether the locale says that texts are in UTF-8. The first variable that is set
// counts (POSIX, "Environment Variables").
func (p Program) utf8() bool {
	if runtime.GOOS == "windows" {
		return p.modernWindows()
	}
	locale := strings.ToLower(cmp.Or(p.Getenv("LC_ALL"), p.Getenv("LC_CTYPE"), p.Getenv("LANG")))
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// modernWindows reports whether the terminal is Windows Terminal, which knows UTF-8 and colours.
func (p Program) modernWindows() bool { return p.Getenv("WT_SESSION") != "" }

// progress is a line on a terminal that is written again and again.
type progress struct {
	out    io.Writer // nil: nobody would see it
	shown  time.Time
	length int
}

func (p Program) progress() *progress {
	if isTerminal(p.Err) && p.Getenv("TERM") != "dumb" {
		return &progress{out: p.Err}
	}
	return &progress{}
}

// show replaces the line, at most ten times a second.
func (p *progress) show(text string) {
	if p.out == nil || time.Since(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(p.out, "\r%-*s", p.length, text)
	p.length = max(p.length, len(text))
}

// clear removes the line.
func (p *progress) clear() {
	if p.out != nil && p.length > 0 {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", p.length))
	}
}
