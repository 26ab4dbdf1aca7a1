package sendgridapi

import "context"

// InTheWay returns the domains of a list that [Client.Create] would refuse to create again: those
// of the same owner. It may make a call if the owner of the API key is not known yet.
func (c *Client) InTheWay(ctx context.Context, rows []Domain, n NewDomain) ([]Domain, error) {
	return c.sameOwner(ctx, n, matching(rows, n))
}
