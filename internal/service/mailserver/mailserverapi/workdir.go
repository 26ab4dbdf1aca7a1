package mailserverapi

import (
	"context"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// workingDirectory is the lock of the calls in which the server changes its working directory, of
// which it has only one: adding a DKIM key and exporting a domain. If an export begins during an
// add, the add misses the file of the new key. The signer then cannot read that file, and all mail
// of the domain is deferred. Parallel adds miss their files as well, and lose each other's entries
// in the signer's tables.
const workingDirectory = "working directory"

// alone makes such a call while no other one of this machine is under way. If the answer is lost,
// the server may still be at work, so the lock is held for Config.Settle. A process that was killed
// cannot do that, so the next one waits.
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
