package sendgrid

import "context"

// InTheWay returns the domains of a list for which [Client.Create] would refuse to create
// another one: those of the same owner. It may cost a list, where it is not known yet whose
// the API key is.
func (c *Client) InTheWay(ctx context.Context, rows []Domain, n NewDomain) ([]Domain, error) {
	return c.sameOwner(ctx, n, matching(rows, n))
}
