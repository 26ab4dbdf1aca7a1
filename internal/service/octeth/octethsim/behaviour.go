package octethsim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// The switches of [fault.Conditions] that the service knows.
const (
	// SwitchNoTemplate makes the installation one without a template for DNS records: domains are
	// enabled at once, without any.
	SwitchNoTemplate = "no_template"
	// SwitchOutOfOrder makes every call end in a hard failure before anything is done.
	SwitchOutOfOrder = "out_of_order"
	// SwitchLosesRecords makes dns.set send only the domain's own records to Namecheap, which
	// replaces whole zones.
	SwitchLosesRecords = "loses_records"
	// SwitchErrorText makes the older calls name the text of an error "ErrorText" instead of
	// "ErrorMessage".
	SwitchErrorText = "error_text"
)

// The settings of [fault.Conditions] that the service knows.
const (
	// SettingVersion is the version of the platform, such as "5.6" or "5.9.4", instead of that of
	// [Config]. Each version takes only the parameters of its own documentation.
	SettingVersion = "api_version"
	// SettingCallsPerMinute is how many calls the same credentials have in any minute: 100 by
	// default. "0" lifts the limit.
	SettingCallsPerMinute = "calls_per_minute"
	// SettingDomains is how many sender domains of a kind a user may have: 1000 by default.
	SettingDomains = "domains"
	// SettingRecheck is how often the records of enabled domains are looked up in the background,
	// as time.ParseDuration reads it: "1h" by default. After three failures in turn a domain is
	// pending again. "0" switches it off.
	SettingRecheck = "recheck"
)

// version is that of the platform, major to patch.
type version [3]int

// DefaultVersion is the version of an installation if none is configured.
const DefaultVersion = "5.6"

// The first versions whose documentation has a feature. 5.7.2 is the first documented version of
// its series.
var (
	// secondGeneration has other names for the parameters of the DNS calls, takes the platform's
	// key in a header, and shows gateway domains with a status and options.
	secondGeneration = version{5, 7, 2}
	// gatewayLabels takes the labels of a gateway domain when it is added, and has a tracking
	// prefix.
	gatewayLabels = version{5, 8}
	// campaignCalls has calls for campaign domains, and shows the records of gateway domains
	// without a verification.
	campaignCalls = version{5, 9, 1}
	// campaignLabels uses the labels of a new campaign domain in its records, and answers hard
	// failures with JSON and a status of their own.
	campaignLabels = version{5, 9, 3}
)

func (v version) before(other version) bool {
	for i := range v {
		if v[i] != other[i] {
			return v[i] < other[i]
		}
	}
	return false
}

func parseVersion(text string) (v version, err error) {
	parts := strings.Split(text, ".")
	if len(parts) > len(v) {
		return v, fmt.Errorf("%q is no version", text)
	}
	for i, part := range parts {
		if v[i], err = strconv.Atoi(part); err != nil || v[i] < 0 {
			return v, fmt.Errorf("%q is no version", text)
		}
	}
	return v, nil
}

// behaviour holds the conditions in the form that the commands need.
type behaviour struct {
	version version

	noTemplate, outOfOrder, losesRecords, errorText bool

	perMinute, domains int
	recheck            time.Duration
}

// below is whether the platform is older than a version.
func (b behaviour) below(v version) bool { return b.version.before(v) }

// textKey is the key for the text of an error in the older calls. Versions differ in it.
func (b behaviour) textKey() string {
	if b.errorText {
		return "ErrorText"
	}
	return "ErrorMessage"
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c, DefaultVersion)
	return err
}

// newBehaviour reads conditions. installed is the version if the conditions have none.
func newBehaviour(c fault.Conditions, installed string) (behaviour, error) {
	b := behaviour{
		noTemplate:   c.Switches[SwitchNoTemplate],
		outOfOrder:   c.Switches[SwitchOutOfOrder],
		losesRecords: c.Switches[SwitchLosesRecords],
		errorText:    c.Switches[SwitchErrorText],
		perMinute:    100,
		domains:      1000,
		recheck:      time.Hour,
	}
	var err error
	if text, set := c.Settings[SettingVersion]; set {
		installed = text
	}
	if b.version, err = parseVersion(installed); err != nil {
		return behaviour{}, fmt.Errorf("setting %s: %w", SettingVersion, err)
	}
	if err := c.Numbers(0, map[string]*int{SettingCallsPerMinute: &b.perMinute, SettingDomains: &b.domains}); err != nil {
		return behaviour{}, err
	}
	if err := c.Durations(map[string]*time.Duration{SettingRecheck: &b.recheck}); err != nil {
		return behaviour{}, err
	}
	return b, nil
}
