package zone

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// notes is private state in memory.
type notes map[string][]byte

func (n notes) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return n[key], nil }

func (n notes) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	n[key] = value
	return nil
}

func TestNotesOfEachVersionAreRead(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want string // of the error; empty where the note is read
	}{
		"version 0, as 0.1.0 wrote it": {text: `[{"key":"a","wanted":{"name":"www.example.com","type":"A","value":"192.0.2.1"},"record":{"name":"www.example.com","type":"A","value":"192.0.2.1","ttl":300,"id":"x"},"spf":{"terms":["a"],"created":"v=spf1 a ~all","bare":true},"found":{"name":"www.example.com","type":"A","value":"192.0.2.2"}}]`},
		"version 1":                    {text: `{"version":1,"content":[{"key":"a","wanted":{"name":"www.example.com","type":"A","value":"192.0.2.1"},"record":{"name":"www.example.com","type":"A","value":"192.0.2.1"},"preexisting":true}]}`},
		"a version of the future":      {text: `{"version":2,"content":[]}`, want: "version 2"},
		"another field":                {text: `{"version":1,"content":[{"name":"a"}]}`, want: "unknown field"},
		"another field in version 0":   {text: `[{"key":"a","wants":{}}]`, want: "unknown field"},
		"an object without a version":  {text: `{"published":[]}`, want: "cannot be read"},
		"no content":                   {text: `{"version":1}`, want: "no content"},
		"an element without a record":  {text: `[{"key":"a"}]`, want: "has no record"},
		"null":                         {text: `{"version":1,"content":null}`, want: "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			published, diags := loadPublished(t.Context(), notes{publishedKeyName: []byte(test.text)})
			if test.want == "" {
				if diags.HasError() || len(published) != 1 || published[0].Wanted.Name != "www.example.com" {
					t.Errorf("got %+v, %v", published, diags)
				}
				return
			}
			if !diags.HasError() || !strings.Contains(diags[0].Detail(), test.want) {
				t.Errorf("got %+v, %v; want an error that says %q", published, diags, test.want)
			}
		})
	}
}

func TestNotesAreReadAsTheyWereWritten(t *testing.T) {
	private := notes{}
	for _, published := range [][]dns.Published{{}, {{Key: "a", Wanted: dns.Record{Name: "a.example.com"}, Record: dns.Record{Name: "a.example.com"}, Preexisting: true}}} {
		if diags := savePublished(t.Context(), private, published); diags.HasError() {
			t.Fatal(diags)
		}
		got, diags := loadPublished(t.Context(), private)
		if diags.HasError() || got == nil || len(got) != len(published) {
			t.Errorf("got %+v, %v; want %+v", got, diags, published)
		}
	}
	if got, diags := loadPublished(t.Context(), notes{}); got != nil || diags.HasError() {
		t.Errorf("without a note: %+v, %v", got, diags)
	}
}
