package googleapi

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// project returns the project that a call is about.
func (c call) project() string {
	if len(c.path) > 1 {
		return c.path[1]
	}
	return "PROJECT"
}

// zone returns the managed zone that a call is about; empty for a call about a project.
func (c call) zone() string {
	const place = 3
	if len(c.path) > place {
		return c.path[place]
	}
	return ""
}

// missing says what to do if the zone or the project of a call does not exist.
func (c call) missing() string {
	if c.zone() == "" {
		return "Check project in the block google: gcloud projects list shows the projects that the credentials see"
	}
	return "The managed zone " + c.zone() + " of the project " + c.project() + " was deleted, or never existed there: gcloud dns managed-zones list --project " + c.project() + " shows the zones. " +
		"If it was deleted and is still needed, create it again, and plan again. If it is in another project, correct project or zone_id"
}

// permission says what to do if the credentials lack a permission.
func (c call) permission() string {
	advice := "The credentials need " + c.needs + ". The role roles/dns.admin has it"
	if c.advice != "" {
		advice += ". " + c.advice
	}
	return advice
}

// aboutSets reports whether an answer is about the record sets of a change, and not about the zone.
func aboutSets(fail *api.Error) bool { return strings.Contains(fail.Answer, "entity.change") }

// noReason begins the advice about a refusal that has no reason.
const noReason = "The answer has no error code of Google, so it may come from a proxy or a firewall in between. If it is Google's: "

// advised sets the kind and the advice of an error by the API's reason.
func (h *Host) advised(c call, fail *api.Error) error {
	of := *fail
	denied := of.Status == http.StatusForbidden
	switch {
	case of.Status == http.StatusUnauthorized:
		of.Advice = h.tokens.source.refusedAdvice()
	case denied && slices.Contains(tooMany, of.Code):
		of.Kind = api.ErrRateLimited
		of.Advice = "The quota of the project " + c.project() + " of calls to Cloud DNS is used up: run again later, or with a lower -parallelism"
	case denied && of.Code == reasonDaily:
		of.Kind = api.ErrRateLimited
		of.Advice = "The quota of the project " + c.project() + " of calls to Cloud DNS in a day is used up: run again tomorrow, or have it raised"
	case of.Code == reasonNotConfigured || of.Code == reasonDisabled:
		of.Advice = "Enable the Cloud DNS API in the project that the answer names: gcloud services enable dns.googleapis.com --project " + c.project() + ". It takes a few minutes until that counts"
	case of.Code == reasonScope || of.Code == reasonInsufficient:
		of.Advice = "The access token lacks the scope " + scope + ". A virtual machine has the scopes that it was created with: " +
			"give it cloud-platform, or make a new token with the scope"
	case of.Code == reasonBilling || of.Code == reasonNoBilling:
		of.Advice = "Enable billing for the project " + c.project()
	case of.Code == reasonPerimeter:
		of.Advice = "A service perimeter (VPC Service Controls) forbids the call: have it allow dns.googleapis.com to these credentials from here"
	case of.Code == reasonUserProject:
		of.Advice = "The credentials are those of a user, and may not use the project that their calls count for: grant serviceusage.services.use on it, " +
			"or name another one (gcloud auth application-default set-quota-project PROJECT, or GOOGLE_CLOUD_QUOTA_PROJECT)"
	case of.Code == reasonNoProject:
		of.Advice = "Google knows no such project, or it is being deleted. Check project in the block google, and the project that the calls count for (GOOGLE_CLOUD_QUOTA_PROJECT)"
	case of.Code == reasonQuota:
		of.Kind = nil
		of.Advice = "Nothing was changed. A quota of the project " + c.project() + " is used up: have it raised, or delete what nobody needs any more"
	case denied && of.Code == "":
		of.Advice = noReason + c.permission()
	case denied:
		of.Advice = c.permission()
	case of.Status == http.StatusNotFound && of.Code == "":
		// Google always gives a reason. Whoever else answers does not know whether the zone is there.
		of.Kind, of.Advice = api.ErrUnavailable, checkURL
	case errors.Is(&of, api.ErrNotFound) && !aboutSets(&of):
		of.Advice = c.missing()
	}
	return &of
}
