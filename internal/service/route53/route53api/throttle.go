package route53api

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"time"
)

// tooEarly are the codes of refusals that pass by themselves: too many calls, and a change while
// another one of the same zone is being accepted. Route 53 answers them with the status 400, and has
// done nothing.
var tooEarly = []string{"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "PriorRequestNotComplete"}

// lookAhead is how much of an answer is looked at to find its code.
const lookAhead = 4096

// throttled recognises such a refusal. The answer does not say how long to wait.
func throttled(resp *http.Response) (time.Duration, bool) {
	if resp.StatusCode != http.StatusBadRequest {
		return 0, false
	}
	ahead := bufio.NewReaderSize(resp.Body, lookAhead)
	start, _ := ahead.Peek(lookAhead) // what there is; whoever reads the body gets the error
	resp.Body = struct {
		io.Reader
		io.Closer
	}{ahead, resp.Body}
	code, _ := explain(resp.StatusCode, start)
	return 0, slices.Contains(tooEarly, code)
}
