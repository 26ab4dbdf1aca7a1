package route53sim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Access keys that the service knows. They are invented, and the same in every sandbox: there is
// nothing behind them to protect.
const (
	// AccessKey may do everything with the zones of [Account].
	AccessKey = "AKIASANDBOXMAYEDITAL"
	// AccessKeyReadOnly may list and read zones, but not change them.
	AccessKeyReadOnly = "AKIASANDBOXMAYREADAL"
	// AccessKeyNoList may edit every zone, but not list zones.
	AccessKeyNoList = "AKIASANDBOXMAYNOTLST"
	// AccessKeyNoGet may edit every zone and list zones, but not ask for a single zone.
	AccessKeyNoGet = "AKIASANDBOXMAYNOTGET"
	// AccessKeyUpsert may change record sets by UPSERT only.
	AccessKeyUpsert = "AKIASANDBOXMAYUPSERT"
	// AccessKeyOfOther is of another account, which has no zones.
	AccessKeyOfOther = "AKIASANDBOXOFANOTHER"
	// AccessKeyTemporary needs [SessionToken] and may do everything.
	AccessKeyTemporary = "ASIASANDBOXTEMPORARY"
	// AccessKeyExpired needs [SessionToken] and has expired.
	AccessKeyExpired = "ASIASANDBOXEXPIREDXX"

	// SecretKey belongs to each of them.
	SecretKey = "sandbox/route53+secret/of/all/access/key"
	// SessionToken belongs to the temporary keys.
	SessionToken = "sandbox-route53-session-token-of-the-temporary-keys=="
)

// Account is the number of the account that all zones belong to.
const Account = "111122223333"

// otherAccount is the number of the account of [AccessKeyOfOther].
const otherAccount = "444455556666"

// key is an access key.
type key struct {
	account   string
	user      string
	temporary bool
	expired   bool
	denied    []string // actions
	upsert    bool     // no other change of a record set is allowed
}

var keys = map[string]*key{
	AccessKey:          {account: Account, user: "editor"},
	AccessKeyReadOnly:  {account: Account, user: "reader", denied: []string{"ChangeResourceRecordSets", "CreateHostedZone", "DeleteHostedZone"}},
	AccessKeyNoList:    {account: Account, user: "no-list", denied: []string{"ListHostedZones", "ListHostedZonesByName", "CreateHostedZone", "DeleteHostedZone"}},
	AccessKeyNoGet:     {account: Account, user: "no-get", denied: []string{"GetHostedZone"}},
	AccessKeyUpsert:    {account: Account, user: "upserter", upsert: true},
	AccessKeyOfOther:   {account: otherAccount, user: "stranger"},
	AccessKeyTemporary: {account: Account, user: "guest", temporary: true},
	AccessKeyExpired:   {account: Account, user: "late", temporary: true, expired: true},
}

// authenticate finds the key of a call, and checks its signature.
func (c *call) authenticate() error {
	signed, err := readSignature(c.Header.Get("Authorization"))
	if err != nil {
		return err
	}
	found := keys[signed.accessKey]
	token := c.Header.Get("X-Amz-Security-Token")
	switch {
	case found == nil, found.temporary != (token != ""), found.temporary && token != SessionToken:
		return refuse(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
	case !signed.matches(c.Request, c.body, SecretKey):
		return refuse(http.StatusForbidden, "SignatureDoesNotMatch",
			"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	case found.expired:
		return refuse(http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired")
	}
	c.key = found
	return nil
}

// authorize checks the permission for an action. It comes before everything else, so a call that is
// denied does not tell whether the zone exists.
func (c *call) authorize(action string) error {
	denied := slices.Contains(c.key.denied, action)
	if action == "ChangeResourceRecordSets" && c.key.upsert {
		var request changeRequest
		if c.decode(&request) == nil {
			denied = slices.ContainsFunc(request.Changes, func(ch change) bool { return ch.Action != actionUpsert })
		}
	}
	if !denied {
		return nil
	}
	resource := ""
	if c.id != "" && !strings.HasPrefix(action, "GetChange") {
		resource = " on resource: arn:aws:route53:::hostedzone/" + c.id
	}
	return refuse(http.StatusForbidden, "AccessDenied", fmt.Sprintf(
		"User: arn:aws:iam::%s:user/%s is not authorized to perform: route53:%s%s because no identity-based policy allows the route53:%s action",
		c.key.account, c.key.user, action, resource, action))
}
