package googleapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// The metadata server of Google's machines
// (https://cloud.google.com/compute/docs/metadata/overview).
const (
	metadataVariable = "GCE_METADATA_HOST"
	metadataAddress  = "169.254.169.254"
	metadataTimeout  = 3 * time.Second
	metadataFlavor   = "Metadata-Flavor"
)

// metadata asks the metadata server. A server that does not say that it is Google's is none: other
// clouds have one at the same address.
func (s *source) metadata(ctx context.Context, op string, query url.Values, path ...string) (*api.Response, api.Request, error) {
	host := os.Getenv(metadataVariable)
	if host == "" {
		host = metadataAddress
	}
	r := api.Request{
		Op: op, Method: http.MethodGet, Path: append([]string{"computeMetadata", "v1"}, path...), Query: query,
		Header: http.Header{metadataFlavor: {"Google"}}, Repeat: api.Safely, Timeout: metadataTimeout,
	}
	resp, err := s.exchange.client(&url.URL{Scheme: "http", Host: host}).Send(ctx, r)
	switch {
	case errors.Is(err, api.ErrUnavailable) && ctx.Err() == nil:
		return nil, r, failed(op, api.ErrNotConfigured, errors.New("there are no credentials: neither credentials nor access_token is configured, "+
			"gcloud has no application default credentials, and no metadata server answers"),
			"Set credentials in the block google (environment: GOOGLE_CREDENTIALS or GOOGLE_APPLICATION_CREDENTIALS), or run gcloud auth application-default login")
	case err != nil:
		return nil, r, asAuth(err, "This machine has no service account, or lets none be used here: set credentials in the block google")
	case resp.Header.Get(metadataFlavor) != "Google":
		return nil, r, failed(op, api.ErrNotConfigured, errors.New("there are no credentials, and the metadata server of this machine is not Google's"),
			"Set credentials in the block google (environment: GOOGLE_CREDENTIALS or GOOGLE_APPLICATION_CREDENTIALS)")
	}
	return resp, r, nil
}

// fromMetadata gets a token of the machine's own service account.
func (s *source) fromMetadata(ctx context.Context, scopes []string) (*token, error) {
	const op = opToken + " from the metadata server"
	resp, r, err := s.metadata(ctx, op, url.Values{"scopes": {strings.Join(scopes, ",")}}, "instance", "service-accounts", "default", "token")
	if err != nil {
		return nil, err
	}
	var got struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := s.exchange.client(tokenURL).JSON(r, resp, &got); err != nil {
		return nil, err
	}
	if got.AccessToken == "" {
		return nil, unexpected(op, "", errors.New("there is no token in it"))
	}
	return &token{access: got.AccessToken, expiry: time.Now().Add(time.Duration(got.ExpiresIn) * time.Second)}, nil
}

// projectFromMetadata returns the project of the machine.
func (s *source) projectFromMetadata(ctx context.Context) (string, error) {
	const op = "find out the project"
	resp, _, err := s.metadata(ctx, op, nil, "project", "project-id")
	if err != nil {
		return "", err
	}
	project := strings.TrimSpace(string(resp.Body))
	if !projectForm.MatchString(project) {
		return "", unexpected(op, "", errors.New("it is not the ID of a project"))
	}
	return project, nil
}
