package yandexapi_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

func TestAccounts(t *testing.T) {
	s := newScripted(t)
	s.says("GET email/list", `{"success":"ok","page":1,"pages":1,"total":"4","found":4,"domain":"example.com","box_limit":1000,"order":"uid","accounts":[
		{"uid":"1130000000000001","login":"Alice@Example.COM","iname":"Alice","fname":"Example","fio":"Example Alice","enabled":"yes","ready":true,"maillist":"no","sex":2,"birth_date":null,"hintq":"","aliases":[]},
		{"uid":1130000000000002,"login":"bob","iname":null,"fname":7,"enabled":"no","ready":0,"maillist":null},
		{"uid":null,"login":"all@example.com","enabled":1,"maillist":"yes"},
		{"login":"carol@example.com"}]}`)
	c := s.client()
	got, err := c.Accounts(t.Context(), "EXAMPLE.com")
	want := []yandexapi.Account{
		{UID: 1130000000000001, Email: "alice@example.com", FirstName: "Alice", LastName: "Example", Enabled: true, Ready: true},
		{UID: 1130000000000002, Email: "bob@example.com", LastName: "7"},
		{Email: "all@example.com", Enabled: true, MailingList: true},
		{Email: "carol@example.com", Enabled: true},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	a, err := c.Account(t.Context(), "ALICE@example.com.")
	if err != nil || a != want[0] {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = c.Account(t.Context(), "dave@example.com")
	wantError(t, err, api.ErrNotFound, "not among the 4 accounts")
	if form := s.last("GET email/list"); s.count("GET email/list") != 1 || form.Get("domain") != "example.com" || form.Get("page") != "1" || form.Get("on_page") != "1000" {
		t.Errorf("%d lists, %v", s.count("GET email/list"), form)
	}
}

func TestNoAccountsAtAll(t *testing.T) {
	for _, body := range []string{`{"success":"ok","total":0,"accounts":[]}`, `{"success":"ok","total":"0","accounts":null}`} {
		s := newScripted(t)
		s.says("GET email/list", body)
		c := s.client()
		if got, err := c.Accounts(t.Context(), "example.com"); err != nil || len(got) != 0 {
			t.Errorf("%v, %v", got, err)
		}
		_, err := c.Account(t.Context(), "alice@example.com")
		wantError(t, err, api.ErrNotFound)
	}
}

// The accounts of a domain that is refused are gone where the domain is, and otherwise only not to
// be read.
func TestAccountsOfADomainThatIsRefused(t *testing.T) {
	for _, tc := range []struct {
		name, details string
		listed        bool
		kind          error
		notFound      bool
	}{
		{"gone", none, false, api.ErrNotFound, true},
		{"another user's", refusal(yandexapi.NotAllowed), false, yandexapi.NotAllowed, false},
		{"listed", none, true, yandexapi.NotAllowed, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.has()
			if tc.listed {
				s.has("example.com")
			}
			s.says("GET domain/details", tc.details)
			s.refuses("GET email/list", yandexapi.NotAllowed)
			_, err := s.client().Account(t.Context(), "alice@example.com")
			wantError(t, err, tc.kind)
			if errors.Is(err, api.ErrNotFound) != tc.notFound {
				t.Errorf("%v", err)
			}
		})
	}
}
