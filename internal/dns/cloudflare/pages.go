package cloudflare

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/cloudflare/cloudflare-go/v7/packages/pagination"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// listAttempts is how often a list is read that changes while it is read.
const listAttempts = 4

// pageInfo is what the SDK's type for pages leaves out.
type pageInfo struct {
	Page       int `json:"page"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

var (
	errNoPage  = errors.New("the answer is not what the API documents: it is no page of a list")
	errUnquiet = errors.New("the list changed each time while its pages were read")
)

// readPages reads a list that comes in pages. It does not use the SDK's own
// paging, which asks for a page too many and takes an answer without a list for
// an empty one. When somebody adds or removes an entry between two pages, others
// move and could be missed: the list is read again then.
func readPages[T any](ctx context.Context, h *Host, op, object string,
	list func(ctx context.Context, page int) (*pagination.V4PagePaginationArray[T], error), id func(T) string,
) ([]T, error) {
	for range listAttempts {
		var all []T
		seen := map[string]bool{}
		info := pageInfo{TotalPages: 1}
		for page := 1; page <= info.TotalPages; page++ {
			err := h.transport.Call(ctx, op, object, func(ctx context.Context) error {
				got, err := list(ctx, page)
				if err != nil {
					return err
				}
				if info, err = infoOf(got, page); err != nil {
					return err
				}
				for _, entry := range got.Result {
					seen[id(entry)] = true
				}
				all = append(all, got.Result...)
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		if len(all) == info.TotalCount && len(seen) == info.TotalCount {
			return all, nil
		}
	}
	return nil, &api.Error{
		Service: "Cloudflare", Op: op, Object: object, Kind: api.ErrUnavailable, Cause: errUnquiet,
		Advice: "Run again when nobody else is at work there",
	}
}

func infoOf[T any](got *pagination.V4PagePaginationArray[T], page int) (pageInfo, error) {
	var info pageInfo
	raw := got.JSON.ResultInfo.Raw()
	if got.JSON.Result.IsNull() || got.JSON.Result.IsInvalid() || json.Unmarshal([]byte(raw), &info) != nil || info.Page != page {
		return pageInfo{TotalPages: 1}, errNoPage
	}
	return info, nil
}
