package route53api

import (
	"encoding/xml"
	"errors"
	"net/http"
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

// advice is what to do about a code. Those of zones and permissions depend on the call.
var advice = map[string]struct {
	kind error
	text string
}{
	codeUnknownKey: {api.ErrAuth,
		"Route 53 knows no such access key: it is mistyped, deactivated or deleted, or temporary and lacks its session token, or belongs to another partition of AWS (set region for China and GovCloud)"},
	codeSignature: {api.ErrAuth, "The secret key does not belong to the access key, or the clock of this machine is wrong by more than five minutes"},
	codeExpired:   {api.ErrAuth, "The temporary credentials have expired: get new ones (such as by aws sso login), and run again"},
	codeNoToken:   {api.ErrAuth, "The call arrived without credentials: check that no proxy removes the header Authorization"},
	codeUnsubscribe: {api.ErrAuth,
		"The account is not subscribed to Route 53: complete its registration, or use another account"},
	codeLimits: {nil, "The account has reached a quota of Route 53: delete what nobody needs, or ask AWS to raise it (Service Quotas, Route 53)"},
	codePrior: {api.ErrRateLimited, "Route 53 makes one change of a zone after another, and was still busy with one of another program, again and again. " +
		"Nothing was changed: apply again when the other program has finished"},
}

// The actions of policies that matter most.
const (
	actionList   = "route53:ListHostedZones"
	actionChange = "route53:ChangeResourceRecordSets"
)

// noReason begins the advice about a refusal that has no code.
const noReason = "The answer has no error code of AWS, so it may come from a proxy or a firewall in between. If it is AWS's: "

// checkURL is the advice for an answer that the API cannot have given.
const checkURL = "Check that the URL in the provider configuration is that of Route 53 itself, and that no proxy answers in its place"

// permission says what to do if the credentials lack a permission.
func (d deed) permission(answer string) string {
	if strings.Contains(answer, "explicit deny") {
		return "A policy denies " + d.action + " explicitly: one of the identity, a permissions boundary, or a service control policy of the organization. Change that policy; to allow the action in another one does not help"
	}
	switch {
	case d.zone == "":
		return "Allow " + d.action + ", which AWS knows for all zones together only (Resource \"*\")"
	case d.action == actionChange:
		return "Allow " + d.action + " on the hosted zone " + d.zone + ". If it is limited by conditions, they have to allow the actions CREATE and DELETE, and these names and types"
	}
	return "Allow " + d.action + " on the hosted zone " + d.zone
}

// missing says what to do if there is no such zone.
func (d deed) missing() string {
	return "The hosted zone " + d.zone + " was deleted, or belongs to another account than these credentials: aws route53 list-hosted-zones shows the zones of the account. " +
		"If it was deleted and is still needed, create it again, and plan again. The new zone has another ID: if zone_id is given, correct it"
}

// refused sets the kind and the advice of an error of the transport by the API's code.
func (h *Host) refused(does deed, err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Status < 400 {
		return err
	}
	of := *fail
	known, ok := advice[of.Code]
	switch {
	case ok:
		of.Advice = known.text
		if known.kind != nil {
			of.Kind = known.kind
		}
	case of.Code == codeNoZone:
		of.Kind, of.Advice = api.ErrNotFound, does.missing()
	case of.Code == codeDenied:
		of.Kind, of.Advice = api.ErrAuth, does.permission(of.Answer)
	case of.Code == "" && of.Status == http.StatusForbidden:
		of.Advice = noReason + does.permission("")
	case of.Status == http.StatusNotFound:
		// Route 53 says that a zone is missing by its code. Whoever else answers does not know.
		of.Kind, of.Advice = api.ErrUnavailable, checkURL
	case of.Kind == nil && of.Code != "" && of.Code != codeBatch:
		of.Advice = "Nothing was changed. Correct what Route 53 names"
	}
	if of.Code == codeExpired {
		h.credentials.Invalidate()
	}
	return &of
}
