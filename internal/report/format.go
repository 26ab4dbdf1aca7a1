package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// Format is a form of output.
type Format string

// The formats.
const (
	Table    Format = "table"
	JSON     Format = "json"
	Markdown Format = "markdown"
	HTML     Format = "html"
)

// ParseFormat returns the format with a name.
func ParseFormat(name string) (Format, error) {
	switch f := Format(strings.ToLower(name)); f {
	case Table, JSON, Markdown, HTML:
		return f, nil
	}
	return "", fmt.Errorf("there is no format %q; there are table, json, markdown and html", name)
}

// Style says how a table may look. The other formats do not depend on it.
type Style struct {
	// Color allows colours.
	Color bool
	// ASCII replaces ticks by ASCII characters, and writes other characters as escapes.
	ASCII bool
	// All has a table show all checks of a domain and the facts behind them. Otherwise, it shows only
	// the checks that do not pass.
	All bool
}

// WriteCheck writes the report about one domain.
func WriteCheck(out io.Writer, format Format, style Style, r check.Report) error {
	var text bytes.Buffer
	var err error
	switch format {
	case JSON:
		err = writeJSON(&text, r)
	case Markdown:
		checkMarkdown(&text, r)
	case HTML:
		err = writePage(&text, checkPage(r))
	default:
		checkTable(&text, style, r)
	}
	return send(out, &text, err)
}

// WriteEstate writes the report about the domains of a configuration.
func WriteEstate(out io.Writer, format Format, style Style, e *estate.Estate) error {
	var text bytes.Buffer
	var err error
	switch format {
	case JSON:
		err = writeJSON(&text, e)
	case Markdown:
		estateMarkdown(&text, e)
	case HTML:
		err = writePage(&text, estatePage(e))
	default:
		err = estateTable(&text, style, e)
	}
	return send(out, &text, err)
}

func send(out io.Writer, text *bytes.Buffer, err error) error {
	if err == nil {
		_, err = text.WriteTo(out)
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
