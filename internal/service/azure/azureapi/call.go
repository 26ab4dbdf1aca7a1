package azureapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// checkURL is the advice for an answer that Azure cannot have given.
const checkURL = "Check that the URL in the provider configuration is that of Azure Resource Manager itself, and that no proxy answers in its place"

var reporter = api.Reporter{Service: service, CheckURL: checkURL}

// version is the query that names the version of the API.
func version(of string) url.Values { return url.Values{"api-version": {of}} }

// send sends a call with an access token. A call that changes something is repeated only if Azure
// refused it as one too many, or if it was never sent.
func (h *Host) send(ctx context.Context, r api.Request) (*api.Response, error) {
	token, err := h.tokens.get(ctx, r)
	if err != nil {
		return nil, err
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Accept", "application/json")
	r.Secrets = append(r.Secrets, token)
	resp, err := h.client.Send(ctx, r)
	if err != nil {
		return nil, advise(err, r)
	}
	return resp, nil
}

// get reads one object. The call is repeated where that can help.
func (h *Host) get(ctx context.Context, r api.Request, into any) error {
	r.Method, r.Repeat = http.MethodGet, api.Safely
	resp, err := h.send(ctx, r)
	if err != nil {
		return err
	}
	return h.client.JSON(r, resp, into)
}

// page is a part of a list.
type page[T any] struct {
	Value *[]T `json:"value"`
	// NextLink is the address of the next part. It is empty in the last one.
	NextLink string `json:"nextLink"`
}

// listAll reads a list in all its parts. The address of a next part is not called as it is, because it
// may lead elsewhere, and the token with it: what it adds to the query is.
func listAll[T any](ctx context.Context, h *Host, r api.Request) ([]T, error) {
	var all []T
	seen := map[string]bool{}
	for {
		var part page[T]
		if err := h.get(ctx, r, &part); err != nil {
			return nil, err
		}
		if part.Value == nil {
			return nil, reporter.Unintelligible(api.Request{Op: r.Op, Object: r.Object, Repeat: api.Safely})
		}
		all = append(all, *part.Value...)
		if part.NextLink == "" {
			return all, nil
		}
		next, err := url.Parse(part.NextLink)
		if err != nil || seen[next.RawQuery] || next.RawQuery == "" {
			return nil, &api.Error{
				Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrUnavailable,
				Cause: errors.New("the link to the next part of the list leads to none, so the rest of it cannot be seen"),
			}
		}
		seen[next.RawQuery] = true
		r.Query = next.Query()
	}
}
