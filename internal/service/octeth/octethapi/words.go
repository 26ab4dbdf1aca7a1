package octethapi

import (
	"encoding/json"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// words is the text of an error, which may come as a number, or as a list of texts that belong
// together.
type words string

// UnmarshalJSON implements json.Unmarshaler.
func (w *words) UnmarshalJSON(raw []byte) error {
	var parts api.List[json.RawMessage]
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	var texts []string
	for _, part := range parts.Rows {
		var text string
		if json.Unmarshal(part, &text) != nil {
			text = string(part)
		}
		texts = append(texts, text)
	}
	*w = words(strings.Join(texts, "; "))
	return nil
}
