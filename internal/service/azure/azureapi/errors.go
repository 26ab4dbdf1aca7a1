package azureapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Codes of errors, of Azure Resource Manager and of Azure DNS.
const (
	codeExpiredToken   = "ExpiredAuthenticationToken"
	codeLocked         = "ScopeLocked"
	codeDisabled       = "ReadOnlyDisabledSubscription"
	codePolicy         = "RequestDisallowedByPolicy"
	codeNoSubscription = "SubscriptionNotFound"
	codeNoGroup        = "ResourceGroupNotFound"
	codeBadVersion     = "InvalidApiVersionParameter"
	codeNoProvider     = "NoRegisteredProviderFound"
	codeUnregistered   = "MissingSubscriptionRegistration"
)

// explain reads an error body: {error: {code, message}} of Azure Resource Manager, or the same without
// the envelope of Azure DNS.
func explain(body []byte) (code, message string) {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Details []struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"details"`
	}
	var answer struct {
		problem
		Error problem `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", ""
	}
	found := answer.problem
	if found.Code == "" && found.Message == "" {
		found = answer.Error
	}
	said := []string{found.Message}
	for _, detail := range found.Details {
		if detail.Message != "" && !slices.Contains(said, detail.Message) {
			said = append(said, detail.Message)
		}
	}
	return found.Code, strings.Join(said, "; ")
}

// What the user can do about an error.
const (
	tokenAdvice    = "Azure does not accept the access token. If it was given by access_token, it has expired or is for another service: get a new one. Otherwise check that tenant_id is the tenant of the subscription"
	expiredAdvice  = "The access token has expired. If it was given by access_token, get a new one. Otherwise check the clock of this machine, and run again"
	lockedAdvice   = "A lock forbids the change. Remove the lock that the error names (Locks of the zone, or of its resource group), apply again, and put the lock back"
	disabledAdvice = "The subscription is disabled, and can only be read: have it reactivated (Subscriptions), and run again"
	policyAdvice   = "A policy of the organization forbids it (Azure Policy). Have the policy that the answer names changed, or the zone exempted from it"
	rateAdvice     = "Azure allows 200 changes and 60 lists a minute to each zone: run again later, or with a lower -parallelism"
	versionAdvice  = "This cloud does not offer version " + apiVersion + " of Azure DNS's API, which the provider needs"
	registration   = "Register the resource provider Microsoft.Network in the subscription (Resource providers), and run again"
	lateAssignment = "A new assignment takes some minutes to count"
)

// target is what a call reads or changes, as far as its path tells.
type target struct {
	action       string // as roles have it
	on           string // "the zone example.com (resource group g)"
	subscription string
	zone, group  string
}

// targetOf returns the target of a call.
func targetOf(r api.Request) target {
	t := target{on: "the subscription"}
	if len(r.Path) > 1 {
		t.subscription, t.on = r.Path[1], "the subscription "+r.Path[1]
	}
	verb := map[string]string{http.MethodPut: "write", http.MethodDelete: "delete"}[r.Method]
	if verb == "" {
		verb = "read"
	}
	const ofZone = 8 // the elements of a zone's path
	below := zonesElement
	if len(r.Path) >= ofZone {
		t.group, t.zone = r.Path[3], r.Path[7]
		t.on = "the zone " + t.zone + " in the resource group " + t.group
	}
	switch {
	case len(r.Path) > ofZone && r.Path[ofZone] == providersElement:
		t.action = "Microsoft.Authorization/permissions/read"
		return t
	case len(r.Path) > ofZone:
		below += "/" + r.Path[ofZone]
	}
	t.action = networkElement + "/" + below + "/" + verb
	return t
}

// permission says what to do if the identity lacks a permission.
func (t target) permission() string {
	text := "The identity of the provider configuration needs the action " + t.action + " on " + t.on + ". Assign to it the role DNS Zone Contributor"
	if t.zone != "" {
		text += " on the zone or on its resource group (Access control (IAM) of the zone)"
	}
	text += ", or a role of your own with the action. " + lateAssignment
	if t.zone == "" {
		text += ". Azure gives the same answer about a subscription that it does not have: check subscription_id too"
	}
	return text
}

// missing says what to do if there is no such zone, group or subscription.
func (t target) missing(code string) string {
	switch {
	case code == codeNoSubscription || t.zone == "":
		return "Check subscription_id and the tenant of the credentials: az account list shows the subscriptions that they see"
	case code == codeNoGroup:
		return "The resource group was deleted, or renamed by a move. If a zone_id is given, it has to be the zone's resource ID as it is now. az network dns zone list --subscription " + t.subscription + " shows the zones"
	}
	return "The zone was deleted, or moved to another resource group or subscription: az network dns zone list --subscription " + t.subscription + " shows the zones. " +
		"If it was deleted and is still needed, create it again, and plan again. If it was moved and a zone_id is given, correct that"
}

// advise adds advice to an error of a call, and corrects its kind where Azure's code tells more than the
// status.
func advise(err error, r api.Request) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Status == 0 {
		return err
	}
	of := *fail
	switch {
	case of.Code == codeLocked:
		// Trying again does not help, and nothing exists already.
		of.Kind, of.Advice = api.ErrAuth, lockedAdvice
	case of.Code == codeDisabled:
		of.Kind, of.Advice = api.ErrAuth, disabledAdvice
	case of.Code == codePolicy:
		of.Kind, of.Advice = api.ErrAuth, policyAdvice
	case of.Code == codeUnregistered:
		of.Kind, of.Advice = nil, registration
	case of.Code == codeBadVersion, of.Code == codeNoProvider:
		of.Kind, of.Advice = nil, versionAdvice
	case of.Code == codeNoSubscription, of.Code == codeNoGroup:
		of.Kind, of.Advice = api.ErrNotFound, targetOf(r).missing(of.Code)
	case of.Code == codeExpiredToken:
		of.Advice = expiredAdvice
	case of.Status == http.StatusUnauthorized:
		of.Advice = tokenAdvice
	case of.Status == http.StatusForbidden:
		of.Advice = targetOf(r).permission()
		if of.Code == "" {
			of.Advice = noReason + of.Advice
		}
	case errors.Is(&of, api.ErrRateLimited):
		of.Advice = strings.TrimSuffix(rateAdvice+". "+of.Advice, ". ")
	case of.Status == http.StatusNotFound && of.Code == "":
		// Azure always says what is missing. Whoever else answers does not know whether the zone is there.
		of.Kind, of.Advice = api.ErrUnavailable, checkURL
	case errors.Is(&of, api.ErrNotFound):
		of.Advice = targetOf(r).missing(of.Code)
	}
	return &of
}

// adviceOf returns the advice of an error.
func adviceOf(err error) string {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return ""
	}
	return fail.Advice
}

// noReason begins the advice about a refusal that has neither a code nor a reason.
const noReason = "The answer has no error code of Azure, so it may come from a proxy or a firewall in between. If it is Azure's: "

// isDenied is whether the identity lacks a permission.
func isDenied(err error) bool {
	var fail *api.Error
	return errors.As(err, &fail) && fail.Status == http.StatusForbidden
}
