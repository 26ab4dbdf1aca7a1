package route53_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Which attributes of one block cannot be meant, alone or together. What AWS's own programs take stays
// possible, and so does what is not known yet.
func TestUnusableCombinations(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/mail/dns"
	assume := func(set world.Attributes) world.Attributes {
		return world.Attributes{"profile": "mail", "assume_role": set}
	}
	for what, test := range map[string]struct {
		block     world.Attributes
		variables map[string]string
		says      string // "": nothing
		validates bool   // validation finds nothing, because the environment counts later
	}{
		"a key alone":                        {world.Attributes{"access_key": "AKIA1"}, nil, "route53.access_key is configured without route53.secret_key. Set route53.secret_key too (environment: AWS_SECRET_ACCESS_KEY), or leave route53.access_key out.", true},
		"a secret alone":                     {world.Attributes{"secret_key": "s"}, nil, "route53.secret_key is configured without route53.access_key", true},
		"a key, its secret in environment":   {world.Attributes{"access_key": "AKIA1"}, map[string]string{"AWS_SECRET_ACCESS_KEY": "s"}, "", false},
		"a key, its secret unknown":          {world.Attributes{"access_key": "AKIA1", "secret_key": world.Unknown{}}, nil, "", false},
		"a key alone beside a profile":       {world.Attributes{"access_key": "AKIA1", "profile": "mail"}, map[string]string{"AWS_SECRET_ACCESS_KEY": "s"}, "route53.access_key is configured without route53.secret_key", false},
		"keys beside a profile":              {world.Attributes{"access_key": "AKIA1", "secret_key": "s", "profile": "mail"}, nil, "", false},
		"a temporary key":                    {world.Attributes{"access_key": "ASIA1", "secret_key": "s", "session_token": "t"}, nil, "", false},
		"a token alone":                      {world.Attributes{"session_token": "t"}, nil, "route53.session_token is configured without the access key that it belongs to", true},
		"a token beside a profile":           {world.Attributes{"session_token": "t", "profile": "mail"}, nil, "a profile brings its own", false},
		"a token, its keys in environment":   {world.Attributes{"session_token": "t"}, map[string]string{"AWS_ACCESS_KEY_ID": "ASIA1", "AWS_SECRET_ACCESS_KEY": "s"}, "", false},
		"a token, its key unknown":           {world.Attributes{"session_token": "t", "access_key": world.Unknown{}, "secret_key": world.Unknown{}}, nil, "", false},
		"a token of environment alone":       {world.Attributes{}, map[string]string{"AWS_SESSION_TOKEN": "t"}, "", false},
		"a role":                             {assume(world.Attributes{"role_arn": role, "session_name": "mail@example.com", "external_id": "customer 1"}), nil, "", false},
		"a role of China":                    {assume(world.Attributes{"role_arn": "arn:aws-cn:iam::111122223333:role/dns"}), nil, "", false},
		"a role that is unknown":             {assume(world.Attributes{"role_arn": world.Unknown{}}), nil, "", false},
		"a role and the default credentials": {world.Attributes{"assume_role": world.Attributes{"role_arn": role}}, nil, "", false},
		"no ARN":                             {assume(world.Attributes{"external_id": "customer 1"}), nil, "route53.assume_role does not say which role. Set route53.assume_role.role_arn, or leave assume_role out.", false},
		"an empty role":                      {assume(world.Attributes{}), nil, "route53.assume_role does not say which role", false},
		"the name of a role":                 {assume(world.Attributes{"role_arn": "mail-records"}), nil, `route53.assume_role.role_arn: "mail-records" is not the ARN of a role, such as "arn:aws:iam::111122223333:role/mail-records"`, false},
		"the ARN of a user":                  {assume(world.Attributes{"role_arn": "arn:aws:iam::111122223333:user/mail"}), nil, "is not the ARN of a role", false},
		"the ARN of a session":               {assume(world.Attributes{"role_arn": "arn:aws:sts::111122223333:assumed-role/dns/x"}), nil, "is not the ARN of a role", false},
		"an account of eleven digits":        {assume(world.Attributes{"role_arn": "arn:aws:iam::11112222333:role/dns"}), nil, "is not the ARN of a role", false},
		"a session with spaces":              {assume(world.Attributes{"role_arn": role, "session_name": "mail of ours"}), nil, "is not the name of a session", false},
		"a region":                           {world.Attributes{"region": "eu-central-1"}, nil, "", false},
		"a region of the government":         {world.Attributes{"region": "us-gov-west-1"}, nil, "", false},
		"a region of all":                    {world.Attributes{"region": "aws-global"}, nil, "", false},
		"an unknown region":                  {world.Attributes{"region": world.Unknown{}}, nil, "", false},
		"an availability zone":               {world.Attributes{"region": "eu-central-1a"}, nil, `route53.region: "eu-central-1a" is not the name of a region, such as "eu-central-1"`, false},
		"a place":                            {world.Attributes{"region": "Frankfurt"}, nil, "is not the name of a region", false},
		"a region without a number":          {world.Attributes{"region": "eu-central"}, nil, "is not the name of a region", false},
		"a region of a service of one's own": {world.Attributes{"region": "local", "base_url": "https://dns.example.net"}, nil, "", false},
		"none of those either":               {world.Attributes{"region": "l o c a l", "base_url": "https://dns.example.net"}, nil, "which has letters, digits and hyphens only", false},
		"an odd region of environment":       {world.Attributes{}, map[string]string{"AWS_REGION": "local"}, "", false},
	} {
		t.Run(what, func(t *testing.T) {
			world.WithoutHostVariables(t)
			for name, value := range test.variables {
				t.Setenv(name, value)
			}
			said := func(diags diag.Diagnostics) string {
				text := ""
				for _, d := range diags {
					text += d.Detail()
				}
				return text
			}
			set := world.Attributes{"route53": test.block}
			_, diags := world.Configured(t, set)
			if got := said(diags); (test.says == "") != (got == "") || !strings.Contains(got, test.says) {
				t.Errorf("configuring says %q, want %q", got, test.says)
			}
			if got := said(world.Validated(t, set)); (test.says == "" || test.validates) != (got == "") {
				t.Errorf("validating says %q", got)
			}
		})
	}
}

// In an account, the environment does not count, so validation finds what is missing.
func TestUnusableCombinationsOfAnAccount(t *testing.T) {
	world.WithoutHostVariables(t)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "of somebody else")
	diags := world.Validated(t, world.Attributes{"dns_accounts": map[string]any{"customer": world.Attributes{"route53": world.Attributes{"access_key": "AKIA1"}}}})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail(), "is configured without") || strings.Contains(diags[0].Detail(), "AWS_SECRET_ACCESS_KEY") {
		t.Errorf("%v", diags)
	}
}
