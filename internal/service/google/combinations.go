package google

import (
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googleapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// problem returns the first setting that is unusable; nil if there is none. No file is read for that. An
// access token beside credentials is possible: the token counts, as the documentation says. Validators
// have seen the other attributes of the block, and nobody what the environment says.
func (s *settings) problem() *zone.SettingProblem {
	for _, c := range []struct {
		of     kit.Setting
		counts bool
		check  func(string) error
		advice string
	}{
		{s.token, true, googleapi.CheckAccessToken, "Take what gcloud auth print-access-token prints"},
		{s.credentials, !s.token.IsSet() && !s.token.Unknown, googleapi.CheckCredentials, googleapi.CredentialsForms},
		{s.account, s.account.Inherited, googleapi.CheckServiceAccount, "Correct it"},
		{s.project, s.project.Inherited, googleapi.CheckProject, "Correct it"},
	} {
		if !c.of.IsSet() || !c.counts {
			continue
		}
		if err := c.check(c.of.Value); err != nil {
			return &zone.SettingProblem{Setting: c.of, What: fmt.Sprintf("%s: %v", zone.PlaceOf(c.of), err), Advice: c.advice}
		}
	}
	return nil
}
