package azureapi

import (
	"bytes"
	"io"
)

// largestToken is how many bytes of an answer of a service for tokens are read.
const largestToken = 1 << 20

// peek reads a body, and returns another one with the same content.
func peek(body io.ReadCloser) (content []byte, again io.ReadCloser, err error) {
	content, err = io.ReadAll(io.LimitReader(body, largestToken))
	if closing := body.Close(); err == nil {
		err = closing
	}
	return content, io.NopCloser(bytes.NewReader(content)), err
}
