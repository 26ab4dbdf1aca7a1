package api_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

func TestParseBaseURL(t *testing.T) {
	for _, tc := range []struct {
		raw      string
		insecure bool
		want     string // the URL, or the start of the error
	}{
		{"https://mail.example.com", false, "https://mail.example.com"},
		{"https://mail.example.com/", false, "https://mail.example.com"},
		{"https://mail.example.com/api/v1//", false, "https://mail.example.com/api/v1"},
		{"HTTPS://mail.example.com:8443/api", false, "https://mail.example.com:8443/api"},
		{"https://[2001:db8::7]:8443", false, "https://[2001:db8::7]:8443"},
		{"http://localhost:8053", false, "http://localhost:8053"},
		{"http://LOCALHOST", false, "http://LOCALHOST"},
		{"http://mail.localhost:80", false, "http://mail.localhost:80"},
		{"http://127.0.0.1:8053/", false, "http://127.0.0.1:8053"},
		{"http://127.9.9.9", false, "http://127.9.9.9"},
		{"http://[::1]:8053", false, "http://[::1]:8053"},
		{"http://mail.example.com/api/", true, "http://mail.example.com/api"},

		{"http://mail.example.com", false, "is plain http to mail.example.com"},
		{"http://0.0.0.0", false, "is plain http to 0.0.0.0"},
		{"http://10.0.0.1:80", false, "is plain http to 10.0.0.1"},
		{"http://localhost.example.com", false, "is plain http to localhost.example.com"},
		{"http://127.0.0.1.example.com", false, "is plain http to 127.0.0.1.example.com"},
		{"http://notlocalhost", false, "is plain http to notlocalhost"},
		{"", false, "needs a scheme"},
		{"mail.example.com", false, "needs a scheme"},
		{"localhost:8053", false, "needs a scheme"},
		{"//mail.example.com", false, "needs a scheme"},
		{"ftp://mail.example.com", true, "needs a scheme"},
		{"https://", false, "needs a host"},
		{"https:///api", false, "needs a host"},
		{"https://:8443", false, "needs a host"},
		{"https:mail.example.com", false, "needs a host"},
		{"https://hunter2@mail.example.com", false, "must not hold a user name"},
		{"https://alice:hunter2@mail.example.com", false, "must not hold a user name"},
		{"https://mail.example.com?key=hunter2", false, "must not have a query"},
		{"https://mail.example.com/?", false, "must not have a query"},
		{"https://mail.example.com/#/hunter2", false, "must not have a query"},
		{"https://alice:hunter2@mail example.com", false, "is not a URL"},
		{"https://mail.example.com:hunter2", false, "is not a URL"},
		{" https://mail.example.com", false, "is not a URL"},
		{"192.0.2.7:8443", false, "is not a URL"},
		{"https://mail.example.com/%zz", false, "is not a URL"},
	} {
		t.Run(tc.raw, func(t *testing.T) {
			u, err := api.ParseBaseURL(tc.raw, tc.insecure)
			if wantURL := strings.HasPrefix(tc.want, "http"); wantURL != (err == nil) {
				t.Fatalf("got %v, %v", u, err)
			}
			if err == nil {
				if u.String() != tc.want {
					t.Errorf("got %s, want %s", u, tc.want)
				}
				return
			}
			if !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("got %q, want %q", err, tc.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error repeats a secret: %s", err)
			}
		})
	}
}
