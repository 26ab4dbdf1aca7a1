package apitest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Way makes an answer of a service that has a text in it.
type Way func(r *http.Request, text string) (*http.Response, error)

// InJSON returns the way of a service whose body is the envelope, with the text as a string in JSON
// for each %s.
func InJSON(status int, envelope string) Way {
	return func(r *http.Request, text string) (*http.Response, error) {
		quoted, err := json.Marshal(text)
		if err != nil {
			return nil, err
		}
		return Response(r, status, strings.ReplaceAll(envelope, "%s", string(quoted))), nil
	}
}

// InXML returns the way of a service whose body is the envelope, with the text as character data of
// XML for each %s.
func InXML(status int, envelope string) Way {
	return func(r *http.Request, text string) (*http.Response, error) {
		var escaped bytes.Buffer
		if err := xml.EscapeText(&escaped, []byte(text)); err != nil {
			return nil, err
		}
		return Response(r, status, strings.ReplaceAll(envelope, "%s", escaped.String())), nil
	}
}

// Everywhere are the ways that any service and any proxy have.
var Everywhere = []Way{
	func(r *http.Request, text string) (*http.Response, error) {
		return Response(r, http.StatusOK, "Warning: "+text), nil
	},
	func(r *http.Request, text string) (*http.Response, error) {
		return Response(r, http.StatusBadGateway, "<html>"+text+"</html>"), nil
	},
	func(r *http.Request, text string) (*http.Response, error) {
		return Response(r, http.StatusForbidden, text), nil
	},
	func(r *http.Request, text string) (*http.Response, error) {
		return Response(r, http.StatusFound, "", "Location: https://example.net/"+url.PathEscape(text)+"?q="+url.QueryEscape(text)), nil
	},
	func(_ *http.Request, text string) (*http.Response, error) {
		return nil, errors.New("proxy says " + text)
	},
}

// Response makes an answer to a request. Headers are "Name: value".
func Response(r *http.Request, status int, body string, headers ...string) *http.Response {
	resp := &http.Response{
		StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		resp.Header.Set(name, value)
	}
	return resp
}
