package api

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// ParseBaseURL checks the address of a service. It must have a scheme and a host, and no user,
// query or fragment. Plain http is allowed only to the machine itself or with allowInsecure,
// because it sends credentials unencrypted. A trailing slash is dropped.
func ParseBaseURL(raw string, allowInsecure bool) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		// url.Error repeats the input, which may hold a password.
		return nil, errors.New("is not a URL; it should look like https://mail.example.com")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("needs a scheme, http:// or https://; it should look like https://mail.example.com")
	case u.Host == "" || u.Hostname() == "":
		return nil, errors.New("needs a host; it should look like https://mail.example.com")
	case u.User != nil:
		return nil, errors.New("must not hold a user name or password; they have attributes of their own")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, errors.New("must not have a query or a fragment")
	case u.Scheme == "http" && !allowInsecure && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("is plain http to %s, which would send the credentials unencrypted; use https://, or set allow_insecure_http = true if the way there is safe", u.Hostname())
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return u, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
