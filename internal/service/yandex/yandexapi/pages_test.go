package yandexapi_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

// mailboxes is a domain's list in pages of at most a size, changed by a function before each page
// is answered.
type mailboxes struct {
	size   int
	all    []string // local parts, in the order of the list
	before func(m *mailboxes, call int)
	calls  int
	seen   [][]string // all, at each call that was for the last page
}

func (m *mailboxes) answer(w http.ResponseWriter, form url.Values) {
	m.calls++
	if m.before != nil {
		m.before(m, m.calls)
	}
	number, _ := strconv.Atoi(form.Get("page"))
	if number*m.size >= len(m.all) {
		m.seen = append(m.seen, m.all)
	}
	start := min((number-1)*m.size, len(m.all))
	var rows []string
	for _, local := range m.all[start:min(start+m.size, len(m.all))] {
		rows = append(rows, fmt.Sprintf(`{"login":"%s@%s","enabled":"yes","uid":"1"}`, local, form.Get("domain")))
	}
	_, _ = fmt.Fprintf(w, `{"success":"ok","page":"%d","pages":"%d","on_page":"%d","total":"%d","accounts":[%s]}`,
		number, (len(m.all)+m.size-1)/m.size, m.size, len(m.all), strings.Join(rows, ","))
}

func boxes(from, to int) []string {
	var all []string
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprintf("box%03d", i))
	}
	return all
}

func (m *mailboxes) remove(local string) {
	m.all = slices.DeleteFunc(slices.Clone(m.all), func(other string) bool { return other == local })
}

func (m *mailboxes) add(local string) { m.all = append(slices.Clone(m.all), local) }

// Whatever happens between the pages, the result is a list that once was the whole list.
func TestListThatChangesBetweenItsPages(t *testing.T) {
	for _, tc := range []struct {
		name   string
		before func(m *mailboxes, call int)
		calls  int // 3 pages, and the first two once more
	}{
		{"no change", nil, 5},
		{"one comes at the end", func(m *mailboxes, call int) {
			if call == 2 {
				m.add("new")
			}
		}, 2 + 5},
		{"one goes from a page that was read", func(m *mailboxes, call int) {
			if call == 2 {
				m.remove("box003")
			}
		}, 2 + 5},
		{"one goes from the first page and one comes at the end", func(m *mailboxes, call int) {
			if call == 2 {
				m.remove("box003")
				m.add("new")
			}
		}, 4 + 5},
		{"one goes from the second page and one comes at the end", func(m *mailboxes, call int) {
			if call == 3 {
				m.remove("box013")
				m.add("new")
			}
		}, 5 + 5},
		{"one comes at the beginning and one goes from the end", func(m *mailboxes, call int) {
			if call == 2 {
				m.remove("box025")
				m.all = append([]string{"new"}, m.all...)
			}
		}, 2 + 5},
		{"the last page goes", func(m *mailboxes, call int) {
			if call == 3 {
				m.all = m.all[:20]
			}
		}, 3 + 3},
		{"one is deleted and created again", func(m *mailboxes, call int) {
			if call == 2 {
				m.remove("box003")
				m.add("box003")
			}
		}, 3 + 5},
		{"the last page is changed after it was read", func(m *mailboxes, call int) {
			if call == 4 {
				m.add("new")
			}
		}, 5},
		{"changes in two readings", func(m *mailboxes, call int) {
			if call == 2 || call == 4 {
				m.add(fmt.Sprintf("new%d", call))
			}
		}, 2 + 2 + 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			m := &mailboxes{size: 10, all: boxes(1, 25), before: tc.before}
			s.does("GET email/list", m.answer)
			got, err := s.client().Accounts(t.Context(), "example.com")
			if err != nil {
				t.Fatal(err)
			}
			var locals []string
			for _, a := range got {
				locals = append(locals, strings.TrimSuffix(a.Email, "@example.com"))
			}
			if want := m.seen[len(m.seen)-1]; !slices.Equal(locals, want) {
				t.Errorf("%v, want %v", locals, want)
			}
			if m.calls != tc.calls {
				t.Errorf("%d calls, want %d", m.calls, tc.calls)
			}
		})
	}
}

func TestListThatNeverSettles(t *testing.T) {
	s := newScripted(t)
	m := &mailboxes{size: 10, all: boxes(1, 25)}
	m.before = func(m *mailboxes, call int) { m.add(fmt.Sprintf("new%d", call)) }
	s.does("GET email/list", m.answer)
	_, err := s.client().Accounts(t.Context(), "example.com")
	wantError(t, err, api.ErrUnavailable, "each of the 5 times", "page 2 counted")
}

// Counts and rows that disagree prove nothing about what is missing.
func TestListThatContradictsItself(t *testing.T) {
	for name, tc := range map[string]struct{ body, want string }{
		"fewer than counted":       {`{"success":"ok","total":3,"accounts":[]}`, "0 are listed of the 3"},
		"more than counted":        {`{"success":"ok","total":0,"accounts":[{"login":"a@example.com"}]}`, "1 are listed of the 0"},
		"the same page for ever":   {`{"success":"ok","total":3,"accounts":[{"login":"a@example.com"}]}`, "a@example.com was listed twice"},
		"one address twice":        {`{"success":"ok","total":2,"accounts":[{"login":"a@example.com","uid":1},{"login":"A@example.com","uid":2}]}`, "a@example.com was listed twice"},
		"null, and not none":       {`{"success":"ok","total":1,"accounts":null}`, "0 are listed of the 1"},
		"no count":                 {`{"success":"ok","accounts":[]}`, "lacks what the API documents"},
		"no list":                  {`{"success":"ok","total":0}`, "lacks what the API documents"},
		"a mailbox without a name": {`{"success":"ok","total":1,"accounts":[{"uid":1}]}`, "lacks what the API documents"},
		"a list that is none":      {`{"success":"ok","total":1,"accounts":"none"}`, "look like JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			s.says("GET email/list", tc.body)
			_, err := s.client().Account(t.Context(), "alice@example.com")
			wantError(t, err, api.ErrUnavailable, tc.want)
		})
	}
}

// Pages are asked for at their largest, and counted by what comes.
func TestPagesOfDomains(t *testing.T) {
	s := newScripted(t)
	s.does("GET domain/domains", func(w http.ResponseWriter, form url.Values) {
		if form.Get("on_page") != "20" {
			t.Errorf("on_page is %s", form.Get("on_page"))
		}
		number, _ := strconv.Atoi(form.Get("page"))
		var rows []string
		for i := (number - 1) * 20; i < min(number*20, 50); i++ {
			rows = append(rows, fmt.Sprintf(`{"name":"D%[1]d.Example.","domain":"d%[1]d.example","status":"mx-activate","nsdelegated":true,"emails-count":"7"}`, i))
		}
		_, _ = io.WriteString(w, `{"success":"ok","on_page":20,"total":50,"domains":[`+strings.Join(rows, ",")+`]}`)
	})
	c := s.client()
	got, err := c.Domains(t.Context())
	if err != nil || len(got) != 50 {
		t.Fatalf("%d domains, %v", len(got), err)
	}
	want := yandexapi.Domain{Name: "d49.example", Status: yandexapi.MXActivate, Delegated: true, Accounts: 7, Counted: true}
	if got[49] != want {
		t.Errorf("%+v", got[49])
	}
	if d, err := c.Domain(t.Context(), "D7.example."); err != nil || d.Name != "d7.example" {
		t.Errorf("%+v, %v", d, err)
	}
	if n := s.count("GET domain/domains"); n != 3+2 {
		t.Errorf("%d calls", n)
	}
}

// A refresh costs pages, and not mailboxes: here a call each for 20 domains, and one for their
// list.
func TestReadingManyMailboxes(t *testing.T) {
	s := newScripted(t)
	var names []string
	for i := range 20 {
		names = append(names, fmt.Sprintf("d%d.example", i))
	}
	s.has(names...)
	s.does("GET email/list", func(w http.ResponseWriter, form url.Values) {
		(&mailboxes{size: 1000, all: boxes(1, 50)}).answer(w, form)
	})
	c := s.client()
	done := make(chan error)
	readers := 0
	for _, name := range names {
		for _, local := range boxes(1, 50) {
			readers++
			go func() {
				_, err := c.Domain(t.Context(), name)
				if err == nil {
					_, err = c.Account(t.Context(), local+"@"+name)
				}
				done <- err
			}()
		}
	}
	for range readers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if lists, pages := s.count("GET domain/domains"), s.count("GET email/list"); lists != 1 || pages != 20 {
		t.Errorf("%d lists of domains, %d pages of mailboxes", lists, pages)
	}
}
