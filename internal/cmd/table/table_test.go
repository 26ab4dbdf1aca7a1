package table

import (
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	var got strings.Builder
	if err := Write(&got, "  ", []string{"DOMAIN\tACCOUNTS", "example.com\t  40", "a.example\t   1"}); err != nil {
		t.Fatal(err)
	}
	want := `
  DOMAIN        ACCOUNTS
  example.com     40
  a.example        1
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}
