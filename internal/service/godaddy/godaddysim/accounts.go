package godaddysim

import (
	"net/http"
	"strings"
)

// Credentials that the service knows. Tokens are for v3, keys with their secrets for v1.
const (
	// Shopper is the account of zones that [Service.AddZone] adds.
	Shopper = "100000001"
	Token   = "gd_pat_sandbox0token0of0nobody0000000000"
	Key     = "sandbox0key0of0nobody"
	Secret  = "sandbox0secret0of0nobody"
	// ReadOnlyToken lacks the scope domains.dns:update.
	ReadOnlyToken = "gd_pat_sandbox0token0that0only0reads0000"
	// ExpiredToken was valid once.
	ExpiredToken = "gd_pat_sandbox0token0that0has0expired000"

	// OTEToken and OTEKey are for the test environment, and for it alone: see [SwitchOTE].
	OTEToken  = "gd_pat_sandbox0token0of0the0test0world00"
	OTEKey    = "sandbox0key0of0the0test0world"
	OTESecret = "sandbox0secret0of0the0test0world"

	// OtherShopper is another account.
	OtherShopper = "100000002"
	OtherToken   = "gd_pat_sandbox0token0of0someone0else0000"
	OtherKey     = "sandbox0key0of0someone0else"
	OtherSecret  = "sandbox0secret0of0someone0else"

	// SmallShopper is an account with too few domains for access to the API.
	SmallShopper = "100000003"
	SmallToken   = "gd_pat_sandbox0token0of0a0small0account0"
	SmallKey     = "sandbox0key0of0a0small0account"
	SmallSecret  = "sandbox0secret0of0a0small0account"

	// ResellerShopper is a reseller's account, CustomerShopper that of a customer, for whom the
	// reseller can act by sending its number in X-Shopper-Id.
	ResellerShopper = "100000004"
	ResellerToken   = "gd_pat_sandbox0token0of0a0reseller000000"
	ResellerKey     = "sandbox0key0of0a0reseller"
	ResellerSecret  = "sandbox0secret0of0a0reseller"
	CustomerShopper = "100000005"
)

// account is the account of credentials, and what they may do.
type account struct {
	shopper                          string
	token, key, secret               string
	readOnly, expired, small, forOTE bool
	customer                         string // whom the account may act for
}

var accounts = []account{
	{shopper: Shopper, token: Token, key: Key, secret: Secret},
	{shopper: Shopper, token: ReadOnlyToken, readOnly: true},
	{shopper: Shopper, token: ExpiredToken, expired: true},
	{shopper: Shopper, token: OTEToken, key: OTEKey, secret: OTESecret, forOTE: true},
	{shopper: OtherShopper, token: OtherToken, key: OtherKey, secret: OtherSecret},
	{shopper: SmallShopper, token: SmallToken, key: SmallKey, secret: SmallSecret, small: true},
	{shopper: ResellerShopper, token: ResellerToken, key: ResellerKey, secret: ResellerSecret, customer: CustomerShopper},
}

// authenticate finds the account of a call, and the account whose zones it is about.
func (c *call) authenticate(b behaviour) error {
	scheme, credentials, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	known := func(account) bool { return false }
	switch {
	case c.version == v1 && strings.EqualFold(scheme, "sso-key"):
		key, secret, both := strings.Cut(credentials, ":")
		if !both {
			return &refusal{status: http.StatusUnauthorized, code: "MALFORMED_CREDENTIALS", message: "Unauthorized : Malformed credentials"}
		}
		known = func(a account) bool { return a.key != "" && a.key == key && a.secret == secret }
	case c.version == v3 && strings.EqualFold(scheme, "Bearer"):
		known = func(a account) bool { return a.token == credentials }
	}
	for _, a := range accounts {
		if known(a) && !a.expired && a.forOTE == b.ote {
			c.account, c.shopper = a, a.shopper
			return c.actFor(c.Header.Get("X-Shopper-Id"))
		}
	}
	if c.version == v1 {
		return &refusal{status: http.StatusUnauthorized, code: "UNABLE_TO_AUTHENTICATE", message: "Unauthorized : Could not authenticate API key/secret"}
	}
	return &refusal{status: http.StatusUnauthorized, code: "UNAUTHORIZED", message: "Authentication credentials are missing or invalid"}
}

// actFor sets the customer that a reseller names. Small accounts are refused here.
func (c *call) actFor(shopper string) error {
	if c.account.small || shopper != "" && shopper != c.account.shopper && shopper != c.account.customer {
		return &refusal{status: http.StatusForbidden, code: "ACCESS_DENIED", message: "Authenticated user is not allowed access"}
	}
	if shopper != "" {
		c.shopper = shopper
	}
	return nil
}
