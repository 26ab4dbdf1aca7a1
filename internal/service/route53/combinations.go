package route53

import (
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/awsauth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// settings are the values of a block.
type settings struct {
	accessKey, secretKey, token, profile, region, base kit.Setting
	role                                               *roleSettings // nil: no role
	// complete says that nothing is added to the settings later. Validation does not read the environment.
	complete bool
}

// roleSettings are the values of assume_role.
type roleSettings struct {
	at               kit.Setting // the object itself
	arn, session, id kit.Setting
}

// configured reports whether the block itself has a setting.
func configured(s kit.Setting) bool { return s.IsSet() && !s.Inherited }

// lacks reports whether nothing sets a setting, now or later.
func (s *settings) lacks(setting kit.Setting) bool {
	return !setting.IsSet() && !setting.Unknown && (s.complete || setting.Variable == "")
}

// too says how to set a setting that is missing.
func too(s kit.Setting) string {
	text := "Set " + s.Attribute + " too"
	if s.Variable != "" {
		text += " (environment: " + s.Variable + ")"
	}
	return text
}

// configuredProblem returns what cannot be meant among the attributes of the block; nil if nothing is
// wrong. An access key beside a profile is possible: as in AWS's own programs, the key counts.
func (s *settings) configuredProblem() *zone.SettingProblem {
	without := func(there, missing kit.Setting) *zone.SettingProblem {
		return &zone.SettingProblem{Setting: there, What: there.Attribute + " is configured without " + missing.Attribute, Advice: too(missing) + ", or leave " + there.Attribute + " out"}
	}
	switch {
	case configured(s.accessKey) && s.lacks(s.secretKey):
		return without(s.accessKey, s.secretKey)
	case configured(s.secretKey) && s.lacks(s.accessKey):
		return without(s.secretKey, s.accessKey)
	case configured(s.token) && s.lacks(s.accessKey) && s.lacks(s.secretKey):
		return &zone.SettingProblem{
			Setting: s.token, What: s.token.Attribute + " is configured without the access key that it belongs to",
			Advice: "Set " + s.accessKey.Attribute + " and " + s.secretKey.Attribute + " too, or leave it out: a profile brings its own",
		}
	}
	if wrong := s.role.problem(); wrong != nil {
		return wrong
	}
	if configured(s.region) {
		return s.regionProblem()
	}
	return nil
}

// problem returns what is wrong with the role.
func (r *roleSettings) problem() *zone.SettingProblem {
	if r == nil {
		return nil
	}
	if !r.arn.IsSet() && !r.arn.Unknown {
		return &zone.SettingProblem{Setting: r.at, What: r.at.Attribute + " does not say which role", Advice: "Set " + r.arn.Attribute + ", or leave assume_role out"}
	}
	return firstWrong(
		check{r.arn, awsauth.CheckRole},
		check{r.session, awsauth.CheckSessionName},
	)
}

// regionProblem returns what is wrong with the region. Behind an address of somebody else's, and in the
// environment, which may be meant for other programs, it can be any that AWS's programs take.
func (s *settings) regionProblem() *zone.SettingProblem {
	if s.region.Inherited || s.base.IsSet() || s.base.Unknown {
		return firstWrong(check{s.region, awsauth.CheckOwnRegion})
	}
	return firstWrong(check{s.region, awsauth.CheckRegion})
}

// check is a check of one setting. Its error is a sentence without its full stop.
type check struct {
	of    kit.Setting
	check func(string) error
}

// firstWrong returns the first setting that does not pass its check.
func firstWrong(all ...check) *zone.SettingProblem {
	for _, c := range all {
		if !c.of.IsSet() {
			continue
		}
		if err := c.check(c.of.Value); err != nil {
			return &zone.SettingProblem{Setting: c.of, What: fmt.Sprintf("%s: %v", zone.PlaceOf(c.of), err), Advice: "Correct it"}
		}
	}
	return nil
}
