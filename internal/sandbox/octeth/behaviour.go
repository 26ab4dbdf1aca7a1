package octeth

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// The switches of [fault.Conditions] that the service knows.
const (
	// SwitchNoTemplate is an installation without a template for DNS records: domains are enabled at once, without any.
	SwitchNoTemplate = "no_template"
	// SwitchOutOfOrder has every call end in a hard failure, before anything is done.
	SwitchOutOfOrder = "out_of_order"
	// SwitchLosesRecords has dns.set send Namecheap, which replaces whole zones, the domain's own records and no others.
	SwitchLosesRecords = "loses_records"
	// SwitchErrorText has the older calls word their errors in "ErrorText" instead of "ErrorMessage".
	SwitchErrorText = "error_text"
)

// The settings of [fault.Conditions] that the service knows.
const (
	// SettingVersion is the version of the platform: "5.5", "5.6", "5.8", "5.9" or one between or behind them. Each takes
	// the parameters of its own documentation and no others. Without the setting it is the newest, which takes those of
	// all versions: they do not collide.
	SettingVersion = "api_version"
	// SettingCallsPerMinute is how many calls the same credentials have in any minute: 100 by default. "0" lifts the limit.
	SettingCallsPerMinute = "calls_per_minute"
	// SettingDomains is how many sender domains of a kind a user may have: 1000 by default.
	SettingDomains = "domains"
	// SettingRecheck is how often the records of enabled domains are looked up in the background, as time.ParseDuration
	// reads it: "1h" by default. After three failures in turn a domain is pending again. "0" switches it off.
	SettingRecheck = "recheck"
)

// version is that of the platform, major to patch.
type version [3]int

var (
	newest = version{5, 9, 4}
	// secondGeneration has other names for the parameters of the DNS calls, and shows the domains of both kinds alike.
	secondGeneration = version{5, 8}
	// jsonFailures answers hard failures with JSON and a status of their own.
	jsonFailures = version{5, 9, 3}
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

// behaviour is the conditions as the commands need them.
type behaviour struct {
	version version
	// lenient takes the parameters of all versions.
	lenient bool

	noTemplate, outOfOrder, losesRecords, errorText bool

	perMinute, domains int
	recheck            time.Duration
}

// below tells whether the platform is older than a version.
func (b behaviour) below(v version) bool { return b.version.before(v) }

// textKey is what the older calls call the text of an error; versions differ in it.
func (b behaviour) textKey() string {
	if b.errorText {
		return "ErrorText"
	}
	return "ErrorMessage"
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{
		version: newest, lenient: true,
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
		b.lenient = false
		if b.version, err = parseVersion(text); err != nil {
			return behaviour{}, fmt.Errorf("setting %s: %w", SettingVersion, err)
		}
	}
	for name, number := range map[string]*int{SettingCallsPerMinute: &b.perMinute, SettingDomains: &b.domains} {
		text, set := c.Settings[name]
		if !set {
			continue
		}
		if *number, err = strconv.Atoi(text); err != nil || *number < 0 {
			return behaviour{}, fmt.Errorf("setting %s is %q, not a number from 0 upwards", name, text)
		}
	}
	if text, set := c.Settings[SettingRecheck]; set {
		if b.recheck, err = time.ParseDuration(text); err != nil || b.recheck < 0 {
			return behaviour{}, fmt.Errorf("setting %s is %q, not a duration from 0 upwards", SettingRecheck, text)
		}
	}
	return b, nil
}
