package octethapi

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
)

// connections is how many calls are made at once, and how many connections are kept for later
// calls.
const connections = 10

// transport is the transport of all calls. All changes are POSTs, which net/http does not repeat by
// itself.
func transport(cfg Config) http.RoundTripper {
	if cfg.Transport != nil {
		return cfg.Transport
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = connections
	t.TLSClientConfig = &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12}
	return t
}

// courteous turns the platform's refusal of too many calls into a 429 with Retry-After, on which
// package api acts. Older versions send the refusal with status 200, and none sends the header.
type courteous struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (c *courteous) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusTooManyRequests {
		return resp, err
	}
	// A refusal is short. The beginning of a longer answer is not valid JSON, and the caller reads
	// it.
	body := bufio.NewReader(resp.Body)
	head, _ := body.Peek(longestRefusal)
	resp.Body = &peeked{Reader: body, Closer: resp.Body}
	if seconds, limited := waitFor(resp.StatusCode, head); limited {
		resp.StatusCode = http.StatusTooManyRequests
		if seconds != "" && resp.Header.Get("Retry-After") == "" {
			resp.Header.Set("Retry-After", seconds)
		}
	}
	return resp, nil
}

// longestRefusal is a size in bytes that no refusal of too many calls reaches. It fits into the
// buffer of a bufio.Reader.
const longestRefusal = 2048

// peeked is a body whose beginning has been read ahead.
type peeked struct {
	io.Reader
	io.Closer
}

// pauseAsked finds the seconds in "Too many requests. Wait for 17 seconds for another 100
// attempts."
var pauseAsked = regexp.MustCompile(`(?i)wait for (\d{1,4}) seconds?`)

// waitFor is whether an answer refuses one call too many, and how many seconds the platform asks to
// wait; "" if it does not say.
func waitFor(status int, body []byte) (seconds string, limited bool) {
	body = bytes.TrimSpace(body)
	if status != http.StatusTooManyRequests {
		var v verdict
		if len(body) == 0 || body[0] != '{' || json.Unmarshal(body, &v) != nil || !v.refused() || v.code() != codeTooMany {
			return "", false
		}
	}
	if asked := pauseAsked.FindSubmatch(body); asked != nil {
		return string(asked[1]), true
	}
	return "", true
}
