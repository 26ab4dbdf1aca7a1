package route53api

import (
	"encoding/xml"
	"errors"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Error codes of the API, and those that all services of AWS share.
const (
	codeBatch       = "InvalidChangeBatch"
	codeNoZone      = "NoSuchHostedZone"
	codeLimits      = "LimitsExceeded"
	codePrior       = "PriorRequestNotComplete"
	codeDenied      = "AccessDenied"
	codeUnknownKey  = "InvalidClientTokenId"
	codeSignature   = "SignatureDoesNotMatch"
	codeExpired     = "ExpiredToken"
	codeNoToken     = "MissingAuthenticationToken"
	codeUnsubscribe = "OptInRequired"
)

// exceptionSuffix ends some of the codes in other answers of AWS: AccessDeniedException.
const exceptionSuffix = "Exception"

// explain reads code and message of an error. There are two forms: the usual one of AWS, and one that
// lists what is wrong with a batch of changes. Several messages are joined, and those that do not come
// from a change of somebody else stand first (see [stale]).
func explain(_ int, body []byte) (code, message string) {
	var answer struct {
		XMLName  xml.Name
		Code     string   `xml:"Error>Code"`
		Message  string   `xml:"Error>Message"`
		Messages []string `xml:"Messages>Message"`
		Summary  string   `xml:"Message"`
	}
	if err := xml.Unmarshal(body, &answer); err != nil {
		return "", ""
	}
	code, messages := strings.TrimSuffix(strings.TrimSpace(answer.Code), exceptionSuffix), []string{answer.Message}
	switch {
	case answer.XMLName.Local == codeBatch:
		code, messages = codeBatch, answer.Messages
		if len(messages) == 0 {
			messages = []string{answer.Summary}
		}
	case code == codeBatch:
		messages = listed(answer.Message)
	}
	slices.SortStableFunc(messages, func(a, b string) int { return rank(a) - rank(b) })
	return code, strings.TrimSpace(strings.Join(messages, separator))
}

// separator stands between the joined messages.
const separator = "; "

// rank sorts messages for [explain].
func rank(message string) int {
	if stale(message) {
		return 1
	}
	return 0
}

// beginnings are how the messages about one record set of a batch begin.
var beginnings = []string{"Tried to ", "RRSet ", "Invalid ", "Duplicate ", "FATAL problem", "The request ", "Number of "}

// listed divides the messages of a batch where an answer has them as one text in brackets.
func listed(text string) []string {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") || !begins(text[1:]) {
		return []string{text}
	}
	var messages []string
	rest := text[1 : len(text)-1]
	for from := 0; ; {
		at := strings.Index(rest[from:], ", ")
		if at < 0 {
			return append(messages, rest)
		}
		at += from
		if from = at + len(", "); begins(rest[from:]) {
			messages, rest, from = append(messages, rest[:at]), rest[from:], 0
		}
	}
}

func begins(text string) bool {
	return slices.ContainsFunc(beginnings, func(beginning string) bool { return strings.HasPrefix(text, beginning) })
}

// stale reports whether the first of the joined messages about a batch says that a record set is not,
// or no longer, as it was when the zone was read. As others come first, all of them then say so.
func stale(message string) bool {
	return strings.HasPrefix(message, "Tried to create resource record set [") || strings.HasPrefix(message, "Tried to delete resource record set [")
}

// advice is what to do about a code. needed is added where a permission may be missing.
var advice = map[string]struct {
	kind error
	text string
}{
	codeNoZone: {api.ErrNotFound, "The zone has been deleted, or belongs to another account than these credentials"},
	codeDenied: {api.ErrAuth, "Allow the action that Route 53 names. " + needed},
	codeUnknownKey: {api.ErrAuth,
		"Route 53 knows no such access key: it is mistyped, deactivated or deleted, or temporary and lacks its session token, or belongs to another partition of AWS (set region for China and GovCloud)"},
	codeSignature: {api.ErrAuth, "The secret key does not belong to the access key, or the clock of this machine is wrong by more than five minutes"},
	codeExpired:   {api.ErrAuth, "The temporary credentials have expired: get new ones (such as by aws sso login), and run again"},
	codeNoToken:   {api.ErrAuth, "The call arrived without credentials: check that no proxy removes the header Authorization"},
	codeUnsubscribe: {api.ErrAuth,
		"The account is not subscribed to Route 53: complete its registration, or use another account"},
	codeLimits: {nil, "The account has reached a quota of Route 53: delete what nobody needs, or ask AWS to raise it (Service Quotas, Route 53)"},
	codePrior:  {api.ErrRateLimited, "Another change of the zone is being accepted, again and again: run again when the other program has finished"},
}

// needed says which permissions the credentials need.
const needed = "Needed are route53:ListHostedZones (not if zone_id is set), and for the zone route53:GetHostedZone, route53:ListResourceRecordSets and route53:ChangeResourceRecordSets with CREATE and DELETE"

// refused sets the kind and the advice of an error of the transport by the API's code.
func (h *Host) refused(err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Code == "" {
		return err
	}
	known, ok := advice[fail.Code]
	if !ok {
		return err
	}
	if fail.Code == codeExpired {
		h.credentials.Invalidate()
	}
	of := *fail
	of.Advice = known.text
	if known.kind != nil {
		of.Kind = known.kind
	}
	return &of
}
