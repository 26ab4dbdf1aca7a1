package mailserver

import (
	"context"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// workingDirectory is the lock of the calls in which the server changes its working
// directory, of which it has one for all calls: adding a DKIM key and exporting a
// domain. An export that begins during an add makes the add miss the new key's file,
// which then stays unreadable for the signer, so that all mail of the domain is
// deferred. Adds that run at the same time miss their files as well, and lose each
// other's entries in the signer's tables.
const workingDirectory = "working directory"

// alone makes such a call while no other one of this machine is under way. The
// answer may be lost and the server still be at work; then the lock is held on for
// Config.Settle. A process that is killed cannot do that, so its successor waits.
func (c *Client) alone(ctx context.Context, r api.Request, call func(context.Context) error) error {
	release, err := c.locks.acquire(ctx, workingDirectory)
	if err != nil {
		return report.Unsendable(r, err)
	}
	defer release()
	if c.locks.isMarked(workingDirectory) {
		if err := api.Pause(ctx, c.settleTime); err != nil {
			return report.Unsendable(r, err)
		}
	}
	c.locks.mark(workingDirectory)
	err = call(ctx)
	if !isUncertain(err) || api.Pause(ctx, c.settleTime) == nil {
		c.locks.unmark(workingDirectory)
	}
	return err
}
