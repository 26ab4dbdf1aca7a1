package sendgrid

import "context"

// Existing returns the domains for which [Client.Create] would refuse to create another one,
// as the cached list has them.
func (c *Client) Existing(ctx context.Context, n NewDomain) ([]Domain, error) {
	rows, err := c.Domains(ctx)
	if err != nil {
		return nil, err
	}
	return matching(rows, n), nil
}
