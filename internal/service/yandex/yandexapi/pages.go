package yandexapi

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// The requested number of rows on a page. Of domains, 20 is the documented maximum. Of mailboxes,
// no maximum is documented. A domain has at most 1000 unless the service has raised its limit, so
// the list is mostly one page, which cannot change while it is read. What counts is the number in
// the answer.
const (
	domainsOnPage  = 20
	accountsOnPage = 1000
)

// passes is how often a list is read that changes while it is read.
const passes = 5

// paged is a list that comes in pages.
type paged[T any] struct {
	request api.Request
	onPage  int
	// key identifies a row. A row that comes twice has moved from one page to another.
	key func(T) string
	// read makes the call for one page.
	read func(ctx context.Context, r api.Request) (page[T], error)
}

// page is one page of a list.
type page[T any] struct {
	rows []T
	extent
}

// extent is what each page says about the whole list.
type extent struct {
	total int64 // rows
	pages int64 // 0 if the answer does not tell
}

// all reads the whole list. If a page contradicts another one, because something was added or
// removed between them, it reads the list again; after several such passes it returns an error.
func (p paged[T]) all(ctx context.Context, c *Client) ([]T, error) {
	var change string
	for attempt := range passes {
		if attempt > 0 {
			if err := c.pause(ctx, attempt-1); err != nil {
				return nil, err
			}
		}
		var rows []T
		var err error
		if rows, change, err = p.pass(ctx); err != nil || change == "" {
			return rows, err
		}
	}
	return nil, report.Problem(p.request, api.ErrUnavailable,
		fmt.Sprintf("the list contradicted itself each of the %d times that it was read, at last because %s", passes, change),
		"Run again when nothing else changes it; if that does not help, the service's count is wrong, which its support has to mend")
}

// pass reads the pages once. change says how the list changed meanwhile; "" if it did not.
func (p paged[T]) pass(ctx context.Context) (rows []T, change string, err error) {
	var whole extent
	var keys [][]string // of each page
	seen := map[string]bool{}
	for number := 1; ; number++ {
		got, err := p.page(ctx, number)
		if err != nil {
			return nil, "", err
		}
		if number == 1 {
			whole = got.extent
		}
		keys = append(keys, p.keys(got))
		for _, key := range keys[number-1] {
			if seen[key] {
				return nil, key + " was listed twice", nil
			}
			seen[key] = true
		}
		rows = append(rows, got.rows...)
		switch have := int64(len(rows)); {
		case got.extent != whole:
			return nil, fmt.Sprintf("the first page counted %d in all and page %d counted %d", whole.total, number, got.total), nil
		case have > whole.total, have < whole.total && len(got.rows) == 0:
			return nil, fmt.Sprintf("%d are listed of the %d that it counted", have, whole.total), nil
		case have == whole.total:
			change, err := p.confirm(ctx, keys)
			return rows, change, err
		}
	}
}

// confirm checks that the pages before the last are still the same. If a row on an earlier page is
// deleted and another one is added at the end, the counts agree, although the row that moved to the
// earlier page was missed.
func (p paged[T]) confirm(ctx context.Context, keys [][]string) (change string, err error) {
	for number := 1; number < len(keys); number++ {
		again, err := p.page(ctx, number)
		if err != nil {
			return "", err
		}
		if !slices.Equal(p.keys(again), keys[number-1]) {
			return fmt.Sprintf("page %d changed while those after it were read", number), nil
		}
	}
	return "", nil
}

func (p paged[T]) page(ctx context.Context, number int) (page[T], error) {
	r := p.request
	r.Query = url.Values{"page": {strconv.Itoa(number)}, "on_page": {strconv.Itoa(p.onPage)}}
	for parameter, values := range p.request.Query {
		r.Query[parameter] = values
	}
	return p.read(ctx, r)
}

func (p paged[T]) keys(got page[T]) []string {
	keys := make([]string, len(got.rows))
	for i, row := range got.rows {
		keys[i] = p.key(row)
	}
	return keys
}
