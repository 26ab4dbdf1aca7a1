package route53sim

import (
	"encoding/xml"
	"net/http"
	"strings"
)

// requestID is in every answer. Nobody looks it up.
const requestID = "00000000-0000-4000-8000-000000000053"

// refusal is the API's answer to a call that it refuses.
type refusal struct {
	status   int
	code     string
	messages []string
}

// Error shows the refusal to tests.
func (r *refusal) Error() string { return r.code + ": " + strings.Join(r.messages, "; ") }

func refuse(status int, code, message string) *refusal {
	return &refusal{status: status, code: code, messages: []string{message}}
}

const invalidBatch = "InvalidChangeBatch"

// refuseBatch says what is wrong with the changes of a batch.
func refuseBatch(messages ...string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: invalidBatch, messages: messages}
}

type errorDocument struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	Namespace string   `xml:"xmlns,attr"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

type batchErrorDocument struct {
	XMLName   xml.Name `xml:"InvalidChangeBatch"`
	Namespace string   `xml:"xmlns,attr"`
	Messages  []string `xml:"Messages>Message"`
	RequestID string   `xml:"RequestId"`
}

// write answers. What is wrong with a batch is one text in brackets, or listed in a document of its own.
func (r *refusal) write(w http.ResponseWriter, listed bool) {
	w.Header().Set("X-Amzn-Requestid", requestID)
	if r.code == invalidBatch && listed {
		writeXML(w, r.status, batchErrorDocument{Namespace: namespace, Messages: r.messages, RequestID: requestID})
		return
	}
	message := strings.Join(r.messages, ", ")
	if r.code == invalidBatch {
		message = "[" + message + "]"
	}
	writeXML(w, r.status, errorDocument{Namespace: namespace, Type: "Sender", Code: r.code, Message: message, RequestID: requestID})
}
