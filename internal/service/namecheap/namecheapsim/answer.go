package namecheapsim

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// apiError is a failure in the API's form, with status 200.
type apiError struct {
	number  int
	message string
	// result is an element that is in the answer all the same, and says that nothing was done.
	result string
}

func (e *apiError) Error() string { return fmt.Sprintf("%s (%d)", e.message, e.number) }

// escape escapes a text for an attribute or an element.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#xA;", "\r", "&#xD;", "\t", "&#x9;").Replace

// element writes an element from its name, its attributes (names and values in turn) and its
// content.
func element(name string, attributes []string, content string) string {
	var b strings.Builder
	b.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		fmt.Fprintf(&b, ` %s="%s"`, attributes[i], escape(attributes[i+1]))
	}
	if content == "" {
		b.WriteString(" />")
		return b.String()
	}
	fmt.Fprintf(&b, ">%s</%s>", content, name)
	return b.String()
}

// succeed sends the result of a command. It repeats the requested command in lower case.
func succeed(w http.ResponseWriter, requested, name, result string) {
	send(w, "OK", "<Errors />", requested, element("CommandResponse", []string{"Type", name}, "\n    "+result+"\n  "))
}

// refuse sends an error. Calls that fail before there is a command are answered without one.
func refuse(w http.ResponseWriter, requested, name string, err *apiError) {
	errors := fmt.Sprintf("<Errors>\n    <Error Number=\"%d\">%s</Error>\n  </Errors>", err.number, escape(err.message))
	response := ""
	if name != "" {
		response = element("CommandResponse", []string{"Type", name}, err.result)
	}
	send(w, "ERROR", errors, requested, response)
}

func send(w http.ResponseWriter, status, errors, requested, response string) {
	lines := []string{errors, "<Warnings />", element("RequestedCommand", nil, escape(requested))}
	if response != "" {
		lines = append(lines, response)
	}
	lines = append(lines, "<Server>SANDBOX</Server>", "<GMTTimeDifference>--5:00</GMTTimeDifference>", "<ExecutionTime>0.05</ExecutionTime>")
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ApiResponse Status=%q xmlns=\"http://api.namecheap.com/xml.response\">\n  %s\n</ApiResponse>",
		status, strings.Join(lines, "\n  ")) //nolint:errcheck // nobody is left to be told
}

// tooManyPage looks like a page of the web server in front of the API, which answers one call too
// many. The API never sees the call.
const tooManyPage = "<!DOCTYPE html>\r\n<html>\r\n<head><title>405 - Method not allowed.</title></head>\r\n" +
	"<body>\r\n<h1>Server Error</h1>\r\n<h2>405 - This page cannot be reached by that method.</h2>\r\n</body>\r\n</html>\r\n"

func tooMany(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusMethodNotAllowed)
	io.WriteString(w, tooManyPage) //nolint:errcheck // nobody is left to be told
}
