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
	codeDenied         = "AuthorizationFailed"
	codeLocked         = "ScopeLocked"
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
	readRole  = "Assign the role DNS Zone Contributor on the zone or on its resource group to the identity that the error names (Access control (IAM) of the zone). A new assignment takes some minutes to count"
	writeRole = "Assign the role DNS Zone Contributor on the zone or on its resource group to the identity that the error names (Access control (IAM) of the zone), or a role of your own with the action that it names. A new assignment takes some minutes to count"

	tokenAdvice   = "Azure does not accept the access token. If it was given by access_token, it has expired or is for another service: get a new one. Otherwise check that tenant_id is the tenant of the subscription"
	expiredAdvice = "The access token has expired. If it was given by access_token, get a new one. Otherwise check the clock of this machine, and run again"
	lockedAdvice  = "A lock forbids the change. Remove the lock that the error names (Locks of the zone, or of its resource group), apply again, and put the lock back"
	rateAdvice    = "Azure allows 200 changes and 60 lists a minute to each zone: run again later, or with a lower -parallelism"
	groupAdvice   = "Check the subscription in the provider configuration, and, if a zone_id is given, that it is the zone's resource ID as it is now: moving a zone to another group changes it"
	versionAdvice = "This cloud does not offer version " + apiVersion + " of Azure DNS's API, which the provider needs"
	registration  = "Register the resource provider Microsoft.Network in the subscription (Resource providers), and run again"
)

// advise adds advice to an error, and corrects its kind where Azure's code tells more than the status.
func advise(err error, writing bool) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Status == 0 {
		return err
	}
	of := *fail
	switch {
	case of.Code == codeLocked:
		// Trying again does not help, and nothing exists already.
		of.Kind, of.Advice = api.ErrAuth, lockedAdvice
	case of.Code == codeUnregistered:
		of.Kind, of.Advice = nil, registration
	case of.Code == codeBadVersion, of.Code == codeNoProvider:
		of.Kind, of.Advice = nil, versionAdvice
	case of.Code == codeNoSubscription, of.Code == codeNoGroup:
		of.Kind, of.Advice = api.ErrNotFound, groupAdvice
	case of.Code == codeExpiredToken:
		of.Advice = expiredAdvice
	case of.Status == http.StatusUnauthorized:
		of.Advice = tokenAdvice
	case of.Status == http.StatusForbidden && writing:
		of.Advice = writeRole
	case of.Status == http.StatusForbidden:
		of.Advice = readRole
	case errors.Is(&of, api.ErrRateLimited):
		of.Advice = strings.TrimSuffix(rateAdvice+". "+of.Advice, ". ")
	case errors.Is(&of, api.ErrNotFound):
		of.Advice = groupAdvice
	}
	return &of
}

// isDenied is whether the identity lacks a permission.
func isDenied(err error) bool {
	var fail *api.Error
	return errors.As(err, &fail) && fail.Status == http.StatusForbidden
}
