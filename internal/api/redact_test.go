package api_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
)

func TestMask(t *testing.T) {
	const odd = `p"ä/s<s+ w\rd&😀"`
	inJSON, err := json.Marshal(odd)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name          string
		secrets, more []string
		in, want      string
	}{
		{"none", nil, nil, "hunter2 stays", "hunter2 stays"},
		{"each time", []string{"hunter2"}, nil, "hunter2, hunter2!", "***, ***!"},
		{"of the call", []string{"hunter2"}, []string{"s3cret"}, "hunter2 s3cret", "*** ***"},
		{"longest first", []string{"abc", "abcdef"}, nil, "abcdef abc", "*** ***"},
		{"longest first, of the call", []string{"abc"}, []string{"abcdef"}, "abcdef abc", "*** ***"},
		{"longest first, both ways", []string{"abcdef"}, []string{"abc"}, "abcdef abc", "*** ***"},
		{"one at the end of another", []string{"def", "abcdef"}, nil, "abcdef def", "*** ***"},
		{"empty", []string{""}, []string{""}, "all of it", "all of it"},
		{"too short to mean anything", []string{"no"}, nil, "no, nobody", "no, nobody"},
		{"as it is", []string{odd}, nil, "<" + odd + ">", "<***>"},
		{"in a query", []string{odd}, nil, "?p=" + url.QueryEscape(odd) + "&x", "?p=***&x"},
		{"in a path", []string{odd}, nil, "/u/" + url.PathEscape(odd) + "/x", "/u/***/x"},
		{"in JSON", []string{odd}, nil, `{"p":` + string(inJSON) + `}`, `{"p":"***"}`},
		{"in JSON for browsers not meant", []string{odd}, nil, `{"p":"p\"ä/s<s+ w\\rd&😀\""}`, `{"p":"***"}`},
		{"in JSON with slashes escaped", []string{odd}, nil, `{"p":"p\"ä\/s<s+ w\\rd&😀\""}`, `{"p":"***"}`},
		{"in ASCII JSON", []string{odd}, nil, `{"p":"p\"\u00e4/s<s+ w\\rd&\ud83d\ude00\""}`, `{"p":"***"}`},
		{"in ASCII JSON with slashes escaped", []string{odd}, nil, `{"p":"p\"\u00e4\/s<s+ w\\rd&\ud83d\ude00\""}`, `{"p":"***"}`},
		{"in another case", []string{"Hunter2ÄΣ"}, nil, "HUNTER2ÄΣ hunter2äς hUNTER2äσ", "*** *** ***"},
		{"more escapes than needed", []string{"hunter2"}, nil, `%68unter2 h\u0075NTER2 &#104;unter2 &#x68;unter2`, `*** *** *** ***`},
		{"in HTML", []string{odd}, nil, "<p>p&quot;ä/s&lt;s+ w\\rd&amp;😀&#34;</p>", "<p>***</p>"},
		{"JSON in JSON", []string{odd}, nil, `{"b":"{\"p\":\"p\\\"ä/s<s+ w\\\\rd&😀\\\"\"}"}`, `{"b":"{\"p\":\"***\"}"}`},
		{"in base64", []string{odd}, nil, "t=" + base64.StdEncoding.EncodeToString([]byte(odd)) + "!", "t=***=!"},
		{"in base64 for URLs, without padding", []string{odd}, nil, "t=" + base64.RawURLEncoding.EncodeToString([]byte(odd)), "t=***"},
		{"in base64 after one byte", []string{"hunter2"}, nil, base64.StdEncoding.EncodeToString([]byte("u:HUNTER2")), "***"},
		{"in base64 after two bytes", []string{"hunter2"}, nil, base64.StdEncoding.EncodeToString([]byte("us:hunter2 and more")), "***=="},
		{"in base64 behind a word", []string{"hunter2"}, nil, "token" + base64.RawStdEncoding.EncodeToString([]byte("hunter2")), "***"},
		{"in base64 over lines", []string{"hunter2 is not a good password"}, nil, "aHVudGVyMiBpcyBub3Qg\r\nYSBnb29kIHBhc3N3b3Jk", "***"},
		{"in base64 whose case was changed", []string{"hunter2-and-more"}, nil,
			strings.ToLower(base64.StdEncoding.EncodeToString([]byte("a:hunter2-and-more"))), "ytp***"},
		{"in the payload of a token", []string{odd}, nil,
			"eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"p":`+string(inJSON)+`}`)) + ".c2ln", "eyJhbGciOiJIUzI1NiJ9.***.c2ln"},
		{"of a token in a URL", []string{"hunter2"}, nil, "?t=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"p":"hunter2"}`))), "?t=***"},
		{"overlapping", []string{"abcd", "cdef"}, nil, "abcdef", "***"},
		{"text that is no UTF-8", []string{"hunter2"}, nil, "\xff\xfehunter2\xff", "\xff\xfe***\xff"},
		{"with blanks around it", []string{" hunter2\n"}, nil, "'hunter2'", "'***'"},
		{"a line of several", []string{"-----BEGIN KEY-----\nMIIBOgIBAAJBAKj34\nGkxFhD90vcNLYLInF\n-----END KEY-----\n"}, nil,
			"bad line GkxFhD90vcNLYLInF after -----BEGIN KEY-----", "bad line *** after -----BEGIN KEY-----"},
		{"a key of several lines", []string{"-----KEY\nabc\n-----"}, nil, `"-----KEY\nabc\n-----"`, `"***"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := api.NewRedactor(tc.secrets...).Mask(tc.in, tc.more...); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// A secret of one call is no secret of the next: another's password may be an ordinary word.
func TestMaskForgetsWhatWasGivenBeside(t *testing.T) {
	r := api.NewRedactor("hunter2")
	r.Mask("anything", "domain")
	if got := r.Mask("domain hunter2"); got != "domain ***" {
		t.Errorf("got %s", got)
	}
}

func TestRedactorIsSafeForConcurrentUse(t *testing.T) {
	r := api.NewRedactor()
	var wg sync.WaitGroup
	for _, secret := range []string{"alpha", "bravo", "charlie", "delta"} {
		wg.Add(2)
		go func() {
			defer wg.Done()
			r.Add(secret)
			if got := r.Mask(secret); got != "***" {
				t.Errorf("%s was not masked after it was added", secret)
			}
		}()
		go func() { defer wg.Done(); r.Mask("alpha bravo", "echo") }()
	}
	wg.Wait()
}

// No secret is found in the log or in an error, in whatever form the service sends it back; what
// helps is found there.
func TestSecretsStayInside(t *testing.T) {
	const (
		password = `pass/"w<rd ü`
		token    = "t0ken-from-a-login"
		key      = "SG.configured+key="
	)
	inJSON, err := json.Marshal(password)
	if err != nil {
		t.Fatal(err)
	}
	forms := []string{password, token, key, url.QueryEscape(password), url.PathEscape(password),
		url.QueryEscape(key), string(inJSON[1 : len(inJSON)-1]), `pass\/\"w<rd \u00fc`}
	echo := "echo: " + strings.Join(forms, " and ")
	fail := func(err error) transport {
		return func(*http.Request) (*http.Response, error) { return nil, err }
	}
	for _, tc := range []struct {
		name string
		f    transport
		want []string // in the log
	}{
		{"success", func(r *http.Request) (*http.Response, error) { return apitest.Response(r, 200, echo), nil },
			[]string{`"status":200`, `"attempts":1`, `"bytes":`}},
		{"failure", func(r *http.Request) (*http.Response, error) { return apitest.Response(r, 500, echo), nil },
			[]string{`"status":500`}},
		{"redirect", func(r *http.Request) (*http.Response, error) {
			return apitest.Response(r, 302, "", "Location: https://example.net/"+url.PathEscape(token)+"/"+url.PathEscape(password)+"?k="+key), nil
		}, []string{`"status":302`}},
		{"broken redirect", func(r *http.Request) (*http.Response, error) {
			return apitest.Response(r, 302, "", "Location: https://%zz/"+token), nil
		}, []string{`"status":302`}},
		{"no answer", fail(&url.Error{Op: "Get", URL: "https://x/?" + token, Err: errors.New(echo)}), []string{`"error":"echo: ***`}},
		{"reset", fail(syscall.ECONNRESET), []string{"connection reset"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var sink bytes.Buffer
			ctx := tflogtest.RootLogger(t.Context(), &sink)
			cfg := inMemory(t, tc.f)
			cfg.Retries, cfg.Secrets = -1, []string{key}
			client := api.New(cfg)
			client.AddSecret(token)
			r := api.Request{
				Op: "set password", Object: "alice@example.com", Method: http.MethodPost,
				Path: []string{"users", password, token}, Query: url.Values{"p": {password}, "key": {key}},
				Header: http.Header{"Authorization": {"Bearer " + token}},
				Body:   inJSON, Type: "application/json", Secrets: []string{password},
			}
			resp, err := client.Send(ctx, r)
			text := sink.String()
			if err != nil {
				text += err.Error()
			} else if err := client.JSON(r, resp, new(any)); err == nil {
				t.Error("no JSON, but no error")
			} else {
				text += err.Error()
			}
			for _, form := range forms {
				if strings.Contains(text, form) {
					t.Errorf("%s in:\n%s", form, text)
				}
				// The log is JSON itself.
				if quoted, _ := json.Marshal(form); strings.Contains(text, string(quoted[1:len(quoted)-1])) {
					t.Errorf("%s in:\n%s", quoted, text)
				}
			}
			entries, err := tflogtest.MultilineJSONDecode(strings.NewReader(sink.String()))
			if err != nil && err != io.EOF || len(entries) != 1 {
				t.Fatalf("%d log entries, %v", len(entries), err)
			}
			for _, want := range append(tc.want, `"path":"/users/***/***"`, `"op":"set password"`, `"service":"mail server"`, `"method":"POST"`) {
				if !strings.Contains(sink.String(), want) {
					t.Errorf("no %s in the log:\n%s", want, sink.String())
				}
			}
		})
	}
}

func TestMaskOfTheClient(t *testing.T) {
	cfg := inMemory(t, nil)
	cfg.Secrets = []string{"configured"}
	client := api.New(cfg)
	client.AddSecret("added")
	if got := client.Mask("configured, added, public"); got != "***, ***, public" {
		t.Errorf("got %s", got)
	}
}

// A message of many words, each of which may be base64, hides nothing of what comes behind them.
func TestMaskFindsWhatStandsBehindMuchElse(t *testing.T) {
	r := api.NewRedactor("hunter2", "another-secret-of-some-length")
	words := strings.Repeat("some ordinary words, %41nd escapes \\n; ", 1000)
	got := r.Mask(words + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"p":"hunter2"}`))))
	if want := words + "***"; got != want {
		t.Errorf("got … %s", got[len(got)-100:])
	}
}
