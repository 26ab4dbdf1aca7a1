package mailserverapi_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// A list that overlaps a change of ours could show either state.
func TestListsDoNotOverlapChanges(t *testing.T) {
	s := newScripted(t)
	var created, underWay, overlaps atomic.Int64
	s.does("POST /users/2", func(w http.ResponseWriter, _ *http.Request) {
		underWay.Add(1)
		defer underWay.Add(-1)
		created.Add(1)
		_, _ = io.WriteString(w, `{"result":true}`)
	})
	s.does("GET /domains", func(w http.ResponseWriter, _ *http.Request) {
		before := created.Load()
		if underWay.Load() != 0 {
			overlaps.Add(1)
		}
		_, _ = fmt.Fprintf(w, `{"domains":[{"id":2,"name":"example.com","users_count":%d}]}`, before)
		if created.Load() != before {
			overlaps.Add(1)
		}
	})
	c := s.client()
	inParallel(t, 20, 200, func(ctx context.Context, i int) error {
		// Half of them read as well, so that lists are always about to begin.
		if _, err := c.Domains(ctx); err != nil || i%2 == 0 {
			return err
		}
		return c.CreateAccount(ctx, fmt.Sprintf("u%d@example.com", i), password)
	})
	if n := overlaps.Load(); n != 0 {
		t.Errorf("%d of %d lists overlapped a creation", n, s.count("GET /domains"))
	}
}

// What was listed before a change is forgotten also where the list after it fails.
func TestChangeForgetsWhatWasListed(t *testing.T) {
	s := newScripted(t)
	s.says("GET /domains", oneDomain, "<html>ill</html>", strings.Replace(oneDomain, "50", "52", 1))
	s.says("POST /users/2", `{"result":true}`)
	c := s.client()
	err := c.CreateAccount(t.Context(), "a@example.com", password)
	wantError(t, err, nil, "as it does in any case", "list domains", "<html>ill</html>")
	d, err := c.Domain(t.Context(), "example.com")
	if err != nil || d.Accounts != 52 {
		t.Errorf("%+v, %v: the list from before the creation was kept", d, err)
	}
}
