package function

import (
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// longest is the length in bytes up to which errors show a text of an argument. A key or another
// secret that stands where a short text belongs is longer.
const longest = 64

// shown is how much of a longer text errors show.
const shown = 12

// longTexts returns the texts in a value that are too long for an error.
func longTexts(value attr.Value) (long []string) {
	value = concrete(value)
	if value == nil {
		return nil
	}
	if text, is := value.(types.String); is && len(text.ValueString()) > longest {
		return []string{text.ValueString()}
	}
	elements, _ := elementsOf(value)
	for _, element := range elements {
		long = append(long, longTexts(element)...)
	}
	for _, attribute := range attributesOf(value) {
		long = append(long, longTexts(attribute)...)
	}
	return long
}

// shorten shows only the beginning of long texts in a message, whether they are quoted or not.
func shorten(message string, long []string) string {
	for _, text := range long {
		quoted := strconv.Quote(text)
		for _, form := range []string{text, quoted[1 : len(quoted)-1], strings.TrimSpace(text)} {
			if len(form) > longest {
				message = strings.ReplaceAll(message, form, strings.ToValidUTF8(form[:shown], "")+"…")
			}
		}
	}
	return message
}
