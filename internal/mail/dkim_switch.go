package mail

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// switchOn has a domain's one key be in force and fills it in. One that is in force
// already is taken over: enabling it again would change nothing. Unless replace_existing
// is set, a key that somebody else has published at the selector stays in force, and what
// was switched on for the comparison is switched off again.
func (r *dkimKeyResource) switchOn(ctx context.Context, d signedDomain, switcher DKIMSwitcher, m *dkimKeyModel, diags *diag.Diagnostics) {
	keys, err := switcher.DKIMSwitch(r.Run)
	if err != nil {
		kit.AddError(diags, MailServiceMissing, err)
		return
	}
	before, err := keys.DKIMKey(ctx, d.Domain)
	if err != nil {
		kit.AddError(diags, "Unable to read the DKIM key", err)
		return
	}
	key := before
	if before == nil {
		if key, err = keys.EnableDKIM(ctx, d.Domain); err != nil {
			kit.AddError(diags, "Unable to enable DKIM", err)
			return
		}
	}
	if !m.ReplaceExisting.ValueBool() && r.refuseOther(ctx, d, key, diags) && before == nil {
		if err := keys.DisableDKIM(ctx, d.Domain); err != nil {
			kit.AddError(diags, "Unable to disable DKIM again", err)
		}
	}
	m.setKey(d, key)
}

// refuseOther is an error, and true, where another key than the service's is published at
// the selector. Where the DNS cannot be asked it warns: postmaster_dns_records does not
// publish a second key beside another one.
func (r *dkimKeyResource) refuseOther(ctx context.Context, d signedDomain, key *mailrecord.DKIMZoneRecord, diags *diag.Diagnostics) bool {
	name := d.recordName()
	published, err := r.publishedKey(ctx, name)
	switch {
	case err != nil:
		diags.AddWarning("Unable to tell whether another DKIM key is published",
			fmt.Sprintf("The name servers of %s could not be asked (%s). If %s has the record of another key, mail that is signed with the one of %s fails.",
				d.Domain, err, name, d.signer.Title()))
		return false
	case published == nil || published.is(key):
		return false
	}
	diags.AddError("Another DKIM key is published at this selector",
		fmt.Sprintf("%s has the record\n\n%s\n\nwhich is not the key of %s. Whoever signs with it, mail signed with another key fails as long as it is there, "+
			"and mail signed with it fails once it is replaced. Remove the record if nobody signs with it any more, or set replace_existing = true and publish the record of this key in the same apply.",
			name, published.text, d.signer.Title()))
	return true
}

// is whether it is the same key, whatever else the records say.
func (p publishedKey) is(key *mailrecord.DKIMZoneRecord) bool {
	parsed, err := mailrecord.ParseDKIM(p.text)
	return err == nil && parsed.SameKey(key.Key)
}
