package awsauth

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	// defaultRegion is where roles are assumed if no region is set anywhere.
	defaultRegion = "us-east-1"
	// callTimeout limits each call for credentials.
	callTimeout = 20 * time.Second
	// expiryWindow is how long before their end temporary credentials are replaced. A request that
	// waits for its turn must not be sent with credentials that have expired meanwhile.
	expiryWindow = 2 * time.Minute
)

// Settings say which credentials to use. With none of them set, the credentials come from where all
// programs for AWS look: environment variables, the web identity token of the environment, the default
// profile, the container, and the machine, in this order.
type Settings struct {
	// AccessKey and SecretKey are the two parts of an access key. SessionToken belongs to a temporary
	// one.
	AccessKey, SecretKey, SessionToken string
	// Profile is the name of a profile in the shared configuration files. It wins over environment
	// variables, and access keys win over it.
	Profile string
	// Region is the region in which a role is assumed; empty: that of the environment or the profile,
	// or us-east-1.
	Region string
	// Role is a role to assume with these credentials.
	Role Role

	// Transport carries the calls for credentials; nil: the SDK's own. It is for tests.
	Transport http.RoundTripper
}

// Role is a role to assume (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
type Role struct {
	// ARN names the role; empty: no role.
	ARN string
	// SessionName appears in the logs of the account; empty: the provider's name.
	SessionName string
	// ExternalID is what the role's owner may ask for.
	ExternalID string
}

// SessionName is the default of [Role.SessionName].
const SessionName = "terraform-provider-postmaster"

// fixed reports whether the settings are the credentials themselves, so that there is nothing to ask
// for.
func (s Settings) fixed() bool { return s.AccessKey != "" && s.Role.ARN == "" }

// Credentials are the credentials of one account. They implement [aws.CredentialsProvider], and are
// safe for concurrent use.
type Credentials struct {
	settings Settings
	learned  func(secret string)

	mu     sync.Mutex
	source *aws.CredentialsCache // nil before the first call
	told   aws.Credentials       // whose secrets were told last
}

// New returns credentials. It reads nothing and makes no call. learned is told of every secret before
// it is used, so that it can be masked; nil: nobody is told.
func New(s Settings, learned func(secret string)) *Credentials {
	return &Credentials{settings: s, learned: learned}
}

// Retrieve implements [aws.CredentialsProvider]. Temporary credentials are kept until they are about to
// expire. Its errors are [*api.Error], for the person who has to act on them.
func (c *Credentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	source, err := c.open(ctx)
	if err != nil {
		return aws.Credentials{}, c.settings.failed(ctx, err)
	}
	got, err := source.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, c.settings.failed(ctx, err)
	}
	c.tell(got)
	return got, nil
}

// tell tells of the secrets of credentials that are not the last ones.
func (c *Credentials) tell(got aws.Credentials) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.learned == nil || got.SecretAccessKey == c.told.SecretAccessKey && got.SessionToken == c.told.SessionToken {
		return
	}
	c.told = got
	for _, secret := range []string{got.SecretAccessKey, got.SessionToken} {
		if secret != "" {
			c.learned(secret)
		}
	}
}

// Invalidate forgets credentials that a service has refused as expired. The next call gets new ones.
func (c *Credentials) Invalidate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.settings.fixed() {
		c.source = nil // a profile or a token file may have changed too
	}
}

// open finds out where the credentials come from. A failure is not kept.
func (c *Credentials) open(ctx context.Context) (*aws.CredentialsCache, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.source != nil {
		return c.source, nil
	}
	provider, err := c.settings.provider(ctx)
	if err != nil {
		return nil, err
	}
	c.source = aws.NewCredentialsCache(provider, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = expiryWindow })
	return c.source, nil
}

// provider returns what the settings describe.
func (s Settings) provider(ctx context.Context) (aws.CredentialsProvider, error) {
	keys := credentials.NewStaticCredentialsProvider(s.AccessKey, s.SecretKey, s.SessionToken)
	if s.fixed() {
		return keys, nil
	}
	options := []func(*config.LoadOptions) error{config.WithHTTPClient(s.httpClient()), config.WithDefaultRegion(defaultRegion)}
	if s.Region != "" {
		options = append(options, config.WithRegion(s.Region))
	}
	switch {
	case s.AccessKey != "":
		options = append(options, config.WithCredentialsProvider(keys))
	case s.Profile != "":
		options = append(options, config.WithSharedConfigProfile(s.Profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil || s.Role.ARN == "" {
		return loaded.Credentials, err
	}
	return stscreds.NewAssumeRoleProvider(sts.NewFromConfig(loaded), s.Role.ARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = SessionName
		if s.Role.SessionName != "" {
			o.RoleSessionName = s.Role.SessionName
		}
		if s.Role.ExternalID != "" {
			o.ExternalID = &s.Role.ExternalID
		}
	}), nil
}

func (s Settings) httpClient() aws.HTTPClient {
	if s.Transport != nil {
		return &http.Client{Transport: s.Transport, Timeout: callTimeout}
	}
	return awshttp.NewBuildableClient().WithTimeout(callTimeout)
}
