package awsauth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// imds is the SDK's name of the metadata server of a machine, which is the last that it asks.
const imds = "ec2imds"

// failed is the error for credentials that could not be had.
func (s Settings) failed(ctx context.Context, err error) error {
	fail := &api.Error{Service: "AWS", Op: "get credentials", Object: s.described(), Kind: api.ErrAuth}
	if ctx.Err() != nil {
		fail.Kind, fail.Cause = api.ErrUnavailable, api.Reworded("the run was stopped, or its time ran out, while it waited", ctx.Err())
		return fail
	}
	fail.Answer = s.masked(api.Shorten(reason(err)))
	var (
		noProfile config.SharedConfigProfileNotExistError
		badConfig config.SharedConfigLoadError
		sso       *ssocreds.InvalidTokenError
		refused   smithy.APIError
		unsent    *smithyhttp.RequestSendError
	)
	switch {
	case errors.As(err, &noProfile):
		fail.Kind = api.ErrNotConfigured
		fail.Answer = fmt.Sprintf("there is no profile %q in the shared configuration files", noProfile.Profile)
		fail.Advice = "Check the attribute profile, or the variable AWS_PROFILE, and the files ~/.aws/config and ~/.aws/credentials (or those that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name)"
	case errors.As(err, &badConfig):
		fail.Kind = api.ErrNotConfigured
		fail.Advice = "Correct that file"
	case errors.As(err, &sso):
		fail.Advice = "Log in again: aws sso login" + s.profileFlag()
	case asksMachine(err):
		fail.Kind = api.ErrNotConfigured
		fail.Answer = "there are none: no access key, no profile, no web identity and no container role, and the metadata server of this machine gives none either (" + fail.Answer + ")"
		fail.Advice = "Set an access key, a profile or a role, in the provider configuration or by environment variables such as AWS_ACCESS_KEY_ID and AWS_PROFILE"
	case errors.As(err, &refused):
		fail.Code = refused.ErrorCode()
		fail.Advice = s.adviceFor(fail.Code)
	case errors.As(err, &unsent):
		fail.Kind = api.ErrUnavailable
		fail.Advice = "Check that the service can be reached from here, and run again"
	default:
		fail.Advice = "Check the AWS settings of the provider configuration, of the environment and of the profile"
	}
	return fail
}

// adviceFor says what to do about a refusal of the service that gives out temporary credentials.
func (s Settings) adviceFor(code string) string {
	switch code {
	case "AccessDenied", "AccessDeniedException":
		if s.Role.ARN != "" {
			return "Allow these credentials to assume the role: they need sts:AssumeRole for it, and its trust policy has to name them (and the external ID, if it asks for one)"
		}
		return "The trust policy of the role has to allow this identity, with sts:AssumeRole or sts:AssumeRoleWithWebIdentity"
	case "ExpiredToken", "ExpiredTokenException", "ExpiredTokenError":
		return "The credentials have expired: get new ones, and run again"
	case "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch":
		return "The access key is mistyped, deactivated or deleted: check it, and that the secret key belongs to it"
	case "InvalidIdentityToken", "IDPCommunicationError":
		return "AWS does not accept the web identity token: check AWS_WEB_IDENTITY_TOKEN_FILE, the identity provider of the account, and the audience of the token"
	case "RegionDisabledException":
		return "Switch the region on in the account, or choose another one"
	}
	return "Check the AWS settings of the provider configuration, of the environment and of the profile"
}

// described names the credentials without showing a secret.
func (s Settings) described() string {
	from := "of the environment"
	switch {
	case s.AccessKey != "":
		from = "of the access key " + s.AccessKey
	case s.Profile != "":
		from = fmt.Sprintf("of the profile %q", s.Profile)
	}
	if s.Role.ARN != "" {
		return from + " for the role " + s.Role.ARN
	}
	return from
}

func (s Settings) profileFlag() string {
	if s.Profile == "" {
		return ""
	}
	return " --profile " + s.Profile
}

// masked hides the configured secrets. No answer should have them, but an answer is not ours.
func (s Settings) masked(text string) string {
	for _, secret := range []string{s.SecretKey, s.SessionToken} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "(hidden)")
		}
	}
	return text
}

// asksMachine reports whether an error comes from the metadata server. The SDK asks it only if there
// is nothing else.
func asksMachine(err error) bool {
	var operation *smithy.OperationError
	return errors.As(err, &operation) && operation.ServiceID == imds
}

// reason is what a service answered, or else what the SDK says, without the names of its inner steps.
func reason(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorMessage() != "" {
		return refused.ErrorMessage()
	}
	var operation *smithy.OperationError
	if errors.As(err, &operation) && operation.Err != nil {
		return operation.Err.Error()
	}
	return err.Error()
}
