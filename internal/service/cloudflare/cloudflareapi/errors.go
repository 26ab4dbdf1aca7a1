package cloudflareapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Error codes of the API.
const (
	codeUnknownToken = "1000"  // in answer to a verification
	codeInvalid      = "1004"  // impossible record data
	codeHeaders      = "6003"  // credentials of a wrong form
	codeNoRoute      = "7003"  // an id of a wrong form
	codeNoAccess     = "9109"  // an unknown token, or a zone that the token may not see
	codeNoHeaders    = "9106"  // no credentials
	codeNoPermission = "10000" // the token lacks the permission
	codeNoRecord     = "81044"
	codeQuota        = "81045"
	codeAddresses    = "81053" // a CNAME beside address records
	codeAlias        = "81054" // an address record beside a CNAME
	codeDelegation   = "81056" // NS records with that name
	codeExists       = "81057"
	codeIdentical    = "81058"
)

// explain reads the first error of an answer, and its causes.
func explain(_ int, body []byte) (code, message string) {
	type problem struct {
		Code    int       `json:"code"`
		Message string    `json:"message"`
		Chain   []problem `json:"error_chain"`
	}
	var answer struct {
		Errors []problem `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Errors) == 0 {
		return "", ""
	}
	first := answer.Errors[0]
	said := []string{first.Message}
	for _, cause := range first.Chain {
		said = append(said, fmt.Sprintf("%s (code %d)", cause.Message, cause.Code))
	}
	for _, other := range answer.Errors[1:] {
		said = append(said, other.Message)
	}
	return strconv.Itoa(first.Code), strings.Join(said, ": ")
}

// refused sets the kind and the advice of an error of the transport by the API's code. For
// credentials it asks Cloudflare what is wrong with them.
func (h *Host) refused(ctx context.Context, err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Code == "" {
		return err
	}
	of := *fail
	switch of.Code {
	case codeHeaders, codeNoHeaders:
		of.Kind = api.ErrAuth
		of.Advice = "What is configured has not the form of an API token: make sure that it is one, whole and without blanks, and not a Global API Key"
	case codeNoAccess, codeNoPermission, codeUnknownToken:
		of.Kind = api.ErrAuth
		of.Advice = h.tokenTrouble(ctx)
	case codeNoRoute:
		of.Kind = api.ErrNotFound
		of.Advice = "The zone's ID is none that Cloudflare can have: correct zone_id, or import the zone anew"
	case codeNoRecord:
		of.Kind = api.ErrNotFound
		of.Advice = "Somebody else has deleted a record meanwhile; run again"
	case codeExists, codeIdentical:
		of.Kind = api.ErrConflict
		of.Advice = "The record is in the zone already; run again"
	case codeAddresses, codeAlias:
		of.Kind = api.ErrConflict
		of.Advice = "A CNAME and address records cannot have one name: delete what is in the way, or choose another name"
	case codeDelegation:
		of.Kind = api.ErrConflict
		of.Advice = "The name is delegated to other name servers: publish the record there"
	case codeQuota:
		of.Advice = "The zone has as many records as its plan allows: delete some, or change the plan"
	case codeInvalid:
		of.Advice = "Correct the record that Cloudflare names"
	}
	return &of
}
