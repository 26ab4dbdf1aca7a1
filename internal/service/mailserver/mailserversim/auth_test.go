package mailserversim

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
)

// json decodes the body of the reply, which has to be an object.
func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		t.Fatalf("status %d, body %q: %v", r.status, r.body, err)
	}
	if kind := r.header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("Content-Type is %q", kind)
	}
	return body
}

func TestAuthenticate(t *testing.T) {
	s := newServer(t)
	s.token = ""
	refused := `{"msg":"Username/password is not correct","result":false}`

	s.post(t, "/auth", "username", Username, "password", "wrong").want(t, 401, refused)
	s.post(t, "/auth", "username", "wrong", "password", Password).want(t, 401, refused)
	s.post(t, "/auth", "username", Username).want(t, 401, refused)
	s.post(t, "/auth").want(t, 401, `{"msg":"Username/password is required","result":false}`)

	credentials := url.Values{"username": {Username}, "password": {Password}}
	s.post(t, "/auth?"+credentials.Encode()).want(t, 401, `{"msg":"Username/password is required","result":false}`)
	if got := s.urlencoded(t, "POST", "/auth", credentials); got.status != 200 || got.json(t)["result"] != true {
		t.Errorf("urlencoded credentials: status %d, body %q", got.status, got.body)
	}
}

func TestTokenIsAJWT(t *testing.T) {
	s := newServer(t)
	parts := strings.Split(s.token, ".")
	if len(parts) != 3 {
		t.Fatalf("token has %d parts", len(parts))
	}
	for i, want := range []string{`{"alg":"HS256","typ":"JWT"}`, `{"exp":1893555245,"username":"postmaster"}`} { // 03:34:05
		if got, err := base64.RawURLEncoding.DecodeString(parts[i]); err != nil || string(got) != want {
			t.Errorf("part %d is %s (%v), want %s", i, got, err, want)
		}
	}
}

func TestTokenIsNotCorrect(t *testing.T) {
	s := newServer(t)
	good := s.token
	parts := strings.Split(good, ".")
	eternal := base64.RawURLEncoding.EncodeToString([]byte(`{"exp":9999999999,"username":"postmaster"}`))
	stranger := newServer(t).token

	tests := map[string]string{
		"none":            "",
		"text":            "token",
		"no signature":    parts[0] + "." + parts[1] + ".",
		"other claims":    parts[0] + "." + eternal + "." + parts[2],
		"another sandbox": stranger,
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			s.token = token
			got := s.post(t, "/domains", "domain", "a.example", "username", "a@a.example", "password", "secret")
			got.want(t, 200, "Token is not correct")
			if kind := got.header.Get("Content-Type"); kind != "text/plain; charset=utf-8" {
				t.Errorf("Content-Type is %q", kind)
			}
		})
	}
	s.token = good
	s.get(t, "/domains").want(t, 200, `{"domains":null}`) // none of the handlers has run
}

func TestTokenExpires(t *testing.T) {
	for lifetime, setting := range map[time.Duration]string{30 * time.Minute: "", 5 * time.Second: "5s"} {
		t.Run(lifetime.String(), func(t *testing.T) {
			s := newServer(t)
			s.Set(SettingTokenLifetime, setting)
			s.login(t)
			s.Advance(lifetime)
			s.get(t, "/domains").want(t, 200, `{"domains":null}`)
			s.Advance(time.Second)
			s.get(t, "/domains").want(t, 200, "Token is not correct")
			s.login(t)
			s.get(t, "/domains").want(t, 200, `{"domains":null}`)
		})
	}
}

// Two processes on one state file are one mail server.
func TestTokenOfAnotherProcess(t *testing.T) {
	path := t.TempDir() + "/sandbox.json"
	one, other := newServerAt(t, path), newServerAt(t, path)
	other.token = one.token
	other.get(t, "/domains").want(t, 200, `{"domains":null}`)
}
