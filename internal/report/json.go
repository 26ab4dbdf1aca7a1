package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
)

// writeJSON writes a value, indented. Characters that could act on a terminal are escapes: the JSON
// package escapes those of ASCII except DEL, and leaves all others as they are. Such characters can
// only be within texts, where an escape means the same.
func writeJSON(out io.Writer, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	var shown bytes.Buffer
	for _, r := range string(text) {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			shown.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&shown, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&shown, `\u%04x`, r)
		}
	}
	shown.WriteByte('\n')
	_, err = shown.WriteTo(out)
	return err
}
