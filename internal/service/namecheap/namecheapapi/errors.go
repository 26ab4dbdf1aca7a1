package namecheapapi

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// limitsOfCalls is missing in Namecheap's refusal of one call too many.
const limitsOfCalls = "Namecheap allows a user 20 calls a minute, 700 an hour and 8,000 a day"

// explainStatus replaces Namecheap's page for one call too many, which says that a method is not
// allowed.
func explainStatus(status int, _ []byte) (code, message string) {
	if status == http.StatusTooManyRequests {
		return "", limitsOfCalls
	}
	return "", ""
}

// meaning is the meaning of error numbers for the user.
type meaning struct {
	numbers []int
	kind    error
	advice  string
}

// meanings are the errors that a user can correct, from
// https://www.namecheap.com/support/api/error-codes/ and the pages of the commands.
var meanings = []meaning{
	{[]int{1010102, 1011102}, api.ErrAuth,
		"The API key is not that of the API user, or API access is switched off: see Profile > Tools > Namecheap API Access, then api_key and api_user (NAMECHEAP_API_KEY, NAMECHEAP_API_USER). Production and sandbox (use_sandbox) have keys of their own"},
	{[]int{1010101, 1011101}, api.ErrAuth, "Set api_user (NAMECHEAP_API_USER)"},
	{[]int{1010105, 1011105}, api.ErrAuth, "Set client_ip (NAMECHEAP_CLIENT_IP) to the IPv4 address that the calls come from"},
	{[]int{1010103, 1016103, 1017103, 1019103}, api.ErrAuth,
		"The API user may not act for this account: check user_name (NAMECHEAP_USER_NAME), which is the API user itself in most cases"},
	{[]int{1017150, 1017105, 1017101, 1017410, 1017411}, api.ErrAuth, "Namecheap has locked the account or the address: their support can say why"},
	{[]int{2016166, 3016166}, api.ErrNotFound, "The domain belongs to another Namecheap account: use the API key of that one"},
	{[]int{2019166}, api.ErrNotFound, "The account does not hold this domain"},
	{[]int{2030166}, api.ErrAuth, "The account may not edit this domain: its owner can allow that in Domain > Sharing & Transfer"},
	{[]int{500000}, api.ErrRateLimited, limitsOfCalls + "; run again later, or with a lower -parallelism"},
}

const (
	numberAddressRefused  = 1011150
	numberServedElsewhere = 2030288
)

// refusal converts an error in the API's answer; nil if there is none.
func (h *Host) refusal(op, object string, answer response) error {
	if !answer.failed() {
		return nil
	}
	fail := &api.Error{Service: service, Op: op, Object: object, Status: http.StatusOK}
	var messages []string
	for _, e := range answer.Errors {
		messages = append(messages, strings.TrimSpace(e.Message))
	}
	fail.Answer = api.Shorten(h.transport.Mask(strings.Join(messages, "; ")))
	if len(answer.Errors) == 0 {
		fail.Answer = "an error without a number"
		fail.Kind, fail.Unsure = api.ErrUnavailable, op == writeOp
		return fail
	}
	number := answer.Errors[0].Number
	fail.Code = strconv.Itoa(number)
	for _, m := range meanings {
		if slices.Contains(m.numbers, number) {
			fail.Kind, fail.Advice = m.kind, m.advice
			return fail
		}
	}
	switch {
	case number == numberAddressRefused:
		fail.Kind = api.ErrAuth
		fail.Advice = h.allowAddress(messages[0])
	case number == numberServedElsewhere:
		return servedElsewhere(op, object)
	case answer.failedUpstream():
		fail.Kind, fail.Unsure = api.ErrUnavailable, op == writeOp
		fail.Advice = "Something behind Namecheap's API failed; run again later"
	case number < 2000000:
		// All numbers below this are about the caller.
		fail.Kind = api.ErrAuth
	}
	return fail
}

// allowAddress says which address to put on the allow-list: the one that Namecheap saw, which is at
// the end of its message.
func (h *Host) allowAddress(message string) string {
	address := h.config.ClientIP
	if _, seen, _ := strings.Cut(message, ":"); net.ParseIP(strings.TrimSpace(seen)) != nil {
		address = strings.TrimSpace(seen)
	}
	return fmt.Sprintf("Allow %s in Profile > Tools > Namecheap API Access > Whitelisted IPs, and set client_ip (NAMECHEAP_CLIENT_IP) to it. Hosted CI runners change their addresses: run from one that does not", address)
}

// servedElsewhere is the error of a domain that has other name servers than Namecheap's. Such a
// zone is not read-only but missing: it cannot be read, and a domain that has moved away must cause
// no more than a warning in a refresh.
func servedElsewhere(op, apex string) error {
	return &api.Error{
		Service: service, Op: op, Object: apex, Kind: api.ErrNotFound,
		Cause:  errors.New("the domain is registered here, but its zone is not: it uses other name servers, and nobody would see what is written here"),
		Advice: "Manage its records at the DNS host that the name servers belong to, or choose Namecheap BasicDNS for the domain",
	}
}
