package mailserverapi

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// login holds the token of the calls.
type login struct {
	mu      sync.Mutex
	token   string
	refused error // set once the server has refused the credentials, which will not change
	flights singleflight.Group
}

// current returns the token, or "" if it is the one that was refused.
func (l *login) current(refused string) (token string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.token == refused {
		return "", l.refused
	}
	return l.token, l.refused
}

func (l *login) keep(token string, refused error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token, l.refused = token, refused
}

// token returns a token other than the refused one. Callers that need a new one at the same time
// share one login, which goes on if one of them stops waiting. Refused credentials are not tried
// twice, because servers lock out who guesses.
func (c *Client) token(ctx context.Context, refused string) (string, error) {
	if token, err := c.login.current(refused); token != "" || err != nil {
		return token, err
	}
	flight := c.login.flights.DoChan(refused, func() (any, error) {
		// Another login may have ended since we looked.
		if token, err := c.login.current(refused); token != "" || err != nil {
			return token, err
		}
		return c.authenticate(context.WithoutCancel(ctx))
	})
	select {
	case r := <-flight:
		token, _ := r.Val.(string)
		return token, r.Err
	case <-ctx.Done():
		return "", report.Stopped(api.Request{Op: "log in as", Object: c.cfg.Username}, ctx.Err())
	}
}

// authenticate is POST /auth.
func (c *Client) authenticate(ctx context.Context) (string, error) {
	r := post(http.MethodPost, []string{"auth"}, [2]string{"username", c.cfg.Username}, [2]string{"password", c.cfg.Password})
	r.Op, r.Object, r.Repeat = "log in as", c.cfg.Username, api.Safely
	var answer struct {
		verdict
		Token string `json:"token"`
	}
	resp, err := c.api.Send(ctx, r)
	if err == nil {
		err = c.api.JSON(r, resp, &answer)
	}
	switch {
	case err == nil && answer.refused():
		err = c.refusal(r, answer.verdict)
		return "", c.wrongCredentials(err)
	case err == nil && answer.Token != "":
		c.api.AddSecret(answer.Token)
		c.login.keep(answer.Token, nil)
		return answer.Token, nil
	case err == nil:
		err = report.Problem(r, api.ErrUnavailable, "the answer holds no token", "")
	case isWrongCredentials(err):
		return "", c.wrongCredentials(err)
	case !isOtherService(err):
		return "", err
	}
	if pingErr := c.ping(ctx); pingErr != nil {
		return "", api.Advise(refine(err), "There seems to be no mail server API at this URL, as "+c.cfg.URL.JoinPath("ping").Redacted()+
			" does not answer as one: check the URL in the provider configuration")
	}
	return "", api.Advise(refine(err), "The mail server answers, but its login does not work: look at the server")
}

// isWrongCredentials is whether the API itself refused the credentials. A 401 from a proxy in front
// of it lacks the API's reason.
func isWrongCredentials(err error) bool {
	var failed *api.Error
	return errors.As(err, &failed) && failed.Status == http.StatusUnauthorized && !isPage(failed.Answer)
}

// isOtherService is whether there was an answer that no login gives.
func isOtherService(err error) bool {
	var failed *api.Error
	if !errors.As(err, &failed) {
		return false
	}
	return failed.Status >= 400 && failed.Status < 500 && failed.Status != http.StatusTooManyRequests ||
		failed.Status == 0 && failed.Answer != ""
}

// isPage is whether an answer is the page of a web server.
func isPage(answer string) bool { return answer == "" || answer[0] == '<' }

// wrongCredentials remembers that the credentials are wrong.
func (c *Client) wrongCredentials(err error) error {
	var failed *api.Error
	if errors.As(err, &failed) {
		failed.Kind = api.ErrAuth
		failed.Advice = "Check username and password of mailserver in the provider configuration, or MAILSERVER_USERNAME and MAILSERVER_PASSWORD in the environment"
	}
	c.login.keep("", err)
	return err
}
