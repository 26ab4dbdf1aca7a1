package mail

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// switchOn enables the domain's only DKIM key and copies it into the model. A key that is enabled
// already is taken over without a call. If another key is published at the selector, that is an
// error unless replace_existing is set. A key that was enabled for this comparison is then disabled
// again.
func (r *dkimKeyResource) switchOn(ctx context.Context, d signedDomain, switcher DKIMSwitcher, m *dkimKeyModel, diags *diag.Diagnostics) {
	keys, err := switcher.DKIMSwitch(r.Run)
	if err != nil {
		kit.AddError(diags, serviceMissing, err)
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

// refuseOther adds an error and returns true if a key other than the service's is published at the
// selector. If the DNS cannot be asked, it only warns, because postmaster_dns_records does not
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
		fmt.Sprintf("%s has the record\n\n%s\n\nwhich is not the key of %s. While this record is published, mail that is signed with another key fails. "+
			"Once it is replaced, mail that is signed with its key fails. Remove the record if nobody signs with its key any more, or set replace_existing = true and publish the record of this key in the same apply.",
			name, published.text, d.signer.Title()))
	return true
}

// is reports whether a published key is the given one. Other parts of the records do not matter.
func (p publishedKey) is(key *mailrecord.DKIMZoneRecord) bool {
	parsed, err := mailrecord.ParseDKIM(p.text)
	return err == nil && parsed.SameKey(key.Key)
}
