package octeth

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
)

// connections is how many calls are under way at once, and as many connections are kept for the next ones.
const connections = 10

// transport is what calls go out by. Changes are POSTs throughout, which net/http by itself does not send again.
func transport(cfg Config) http.RoundTripper {
	if cfg.Transport != nil {
		return cfg.Transport
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = connections
	t.TLSClientConfig = &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12}
	return t
}

// courteous turns the platform's word that there were too many calls into the status and the header for it, on which the
// sending of calls acts: older versions say it with status 200, and none has a header.
type courteous struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (c *courteous) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusTooManyRequests {
		return resp, err
	}
	// A refusal is short: of what is longer, the beginning is no JSON, and it is left to whoever reads the answer.
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

// longestRefusal is the size, in bytes, that no refusal of one call too many reaches. It fits the buffer of a bufio.Reader.
const longestRefusal = 2048

// peeked is a body of which a part has been looked at.
type peeked struct {
	io.Reader
	io.Closer
}

// pauseAsked finds the seconds in "Too many requests. Wait for 17 seconds for another 100 attempts."
var pauseAsked = regexp.MustCompile(`(?i)wait for (\d{1,4}) seconds?`)

// waitFor tells whether an answer refuses one call too many, and how many seconds it wants to be left alone; "" where it does
// not say.
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
