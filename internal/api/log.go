package api

import (
	"context"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// log writes one masked line for each call. It never logs bodies and queries, which hold passwords,
// keys and hashes.
func (c *Client) log(ctx context.Context, r Request, path string, resp *http.Response, call *callState, took time.Duration, err error) {
	fields := map[string]any{
		"service":  c.cfg.Service,
		"op":       r.Op,
		"object":   c.redactor.Mask(r.Object, r.Secrets...),
		"method":   r.Method,
		"path":     c.redactor.Mask(path, r.Secrets...),
		"attempts": call.attempts,
		"ms":       took.Milliseconds(),
	}
	if resp != nil {
		fields["status"] = resp.StatusCode
		fields["bytes"] = len(call.body)
	}
	if err != nil {
		fields["error"] = c.plain(err, r).Error()
	}
	tflog.Debug(ctx, "Called "+c.cfg.Service, fields)
}
