package cloudflareapi

import (
	"context"
	"errors"

	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// listAttempts is how often a list is read that changes while it is read.
const listAttempts = 4

// page is an answer with a part of a list. The SDK's own types lack the number of entries and the
// preference of MX records, and take a good part of a second to decode a thousand records.
type page[T any] struct {
	Success bool `json:"success"`
	Result  []T  `json:"result"`
	Info    struct {
		Page       int `json:"page"`
		TotalCount int `json:"total_count"`
		TotalPages int `json:"total_pages"`
	} `json:"result_info"`
}

var (
	errNoPage  = errors.New("the answer is not what the API documents: it is no page of a list")
	errUnquiet = errors.New("the list changed each time while its pages were read")
)

// readPages reads a list that comes in pages. It does not use the SDK's paging, which requests one
// page too many and takes an answer without a list for an empty list. If somebody adds or removes
// an entry between two pages, others move and could be missed, so the list is read again.
func readPages[T any](ctx context.Context, h *Host, op, object string,
	call func(ctx context.Context, number int, into option.RequestOption) error, id func(T) string,
) ([]T, error) {
	for range listAttempts {
		var all []T
		seen := map[string]bool{}
		quiet, count, last := true, 0, 1
		for number := 1; number <= last; number++ {
			err := h.transport.Call(ctx, op, object, func(ctx context.Context) error {
				var got page[T]
				if err := call(ctx, number, option.WithResponseBodyInto(&got)); err != nil {
					return err
				}
				if !got.Success || got.Result == nil || got.Info.Page != number {
					return errNoPage
				}
				for _, entry := range got.Result {
					seen[id(entry)] = true
				}
				all = append(all, got.Result...)
				quiet = quiet && (number == 1 || count == got.Info.TotalCount)
				count, last = got.Info.TotalCount, got.Info.TotalPages
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		if quiet && len(all) == count && len(seen) == count {
			return all, nil
		}
	}
	return nil, &api.Error{
		Service: "Cloudflare", Op: op, Object: object, Kind: api.ErrUnavailable, Cause: errUnquiet,
		Advice: "Run again when nobody else is at work there",
	}
}
