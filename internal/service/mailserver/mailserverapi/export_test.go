package mailserverapi

import "context"

// Login logs in unless there is a token already.
func (c *Client) Login(ctx context.Context) error {
	_, err := c.token(ctx, "")
	return err
}

// Ping asks whether the API answers.
func (c *Client) Ping(ctx context.Context) error { return c.ping(ctx) }
