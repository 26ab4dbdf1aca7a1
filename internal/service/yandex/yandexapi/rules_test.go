package yandexapi_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

func TestCheckPassword(t *testing.T) {
	for _, tc := range []struct{ password, want string }{
		{"abc12", "too short"}, {"abc123", ""}, {"ABCabc!@#$%^&*()_-", ""}, {"+:;,.+:;,.+:;,.+:;,.", ""},
		{"aaaaaaaaaaaaaaaaaaaa", ""}, {"aaaaaaaaaaaaaaaaaaaaa", "too long"}, {"пароль", "a character"}, {"abc 123", "a character"},
		{"abc?123", "a character"}, {"Mailbox", "is the local part"}, {"", "too short"},
	} {
		err := yandexapi.CheckPassword("mailbox", tc.password)
		switch {
		case tc.want == "" && err != nil, tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("%q: %v", tc.password, err)
		case err != nil && len(tc.password) > 5 && strings.Contains(err.Error(), tc.password):
			t.Errorf("shows the password: %v", err)
		}
	}
	o := newOffice(t)
	_, err := o.client().CreateAccount(t.Context(), "alice@example.com", "short", yandexapi.Profile{})
	wantError(t, err, nil, "too short", "Nothing was sent")
	_, err = o.client().UpdateAccount(t.Context(), "alice@example.com", yandexapi.Changes{Password: new("alice1 2")})
	wantError(t, err, nil, "a character", "Nothing was sent")
	if len(o.calls) > 0 {
		t.Errorf("calls: %v", o.calls)
	}
}

func TestCheckLocalPart(t *testing.T) {
	for localPart, want := range map[string]string{
		"alice": "", "Alice.B-c_d": "", "7": "", "support-": "", strings.Repeat("a", 30): "",
		strings.Repeat("a", 31): "too long", "alice+shop": "a character", "алиса": "a character", "_alice": "another beginning", "": "another beginning",
		"abuse": "mail to abuse@ goes to the support", "Postmaster": "make a mailing list",
	} {
		err := yandexapi.CheckLocalPart(localPart)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", localPart, err)
		}
	}
}
