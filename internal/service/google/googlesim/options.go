package googlesim

import (
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// SwitchLateLists is the switch of [fault.Conditions] that has lists show a change only when it is done.
const SwitchLateLists = "late_lists"

// Settings of [fault.Conditions].
const (
	// SettingPending is how long a change stays pending.
	SettingPending = "pending"
	// SettingPage is the largest page of a list.
	SettingPage = "page"
	// SettingCalls is how many calls a project may make in a minute.
	SettingCalls = "calls_per_minute"

	// The quotas of a project.
	SettingAdditions = "additions"
	SettingDeletions = "deletions"
	SettingData      = "rrdata_bytes"
	SettingRecords   = "records"
	SettingSets      = "rrsets"
)

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchLateLists, Description: "lists and name servers show a change only when it is done, and not while it is pending"},
}

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingPending, Description: "how long a change stays pending, a duration. Default: it is done when it is asked for again"},
	{Name: SettingPage, Description: "how many entries a page of a list has at most. Default: 1000, and 100 if a call does not ask for more"},
	{Name: SettingCalls, Description: "how many calls a project may make in a minute. 0: any number. Default: 0"},
	{Name: SettingAdditions, Description: "how many record sets a change may add. Default: 1000"},
	{Name: SettingDeletions, Description: "how many record sets a change may delete. Default: 1000"},
	{Name: SettingData, Description: "how many bytes of record data a change may have. Default: 100000"},
	{Name: SettingRecords, Description: "how many records a record set may have. Default: 100"},
	{Name: SettingSets, Description: "how many record sets a zone may have. Default: 10000"},
}

// behaviour holds the conditions in the form that the service needs.
type behaviour struct {
	lateLists                                   bool
	pending                                     time.Duration
	page, perMinute                             int
	additions, deletions, records, sets, rrdata int
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{lateLists: c.Switches[SwitchLateLists], page: 1000, additions: 1000, deletions: 1000, records: 100, sets: 10000, rrdata: 100000}
	err := c.Numbers(0, map[string]*int{
		SettingCalls: &b.perMinute, SettingAdditions: &b.additions, SettingDeletions: &b.deletions,
		SettingRecords: &b.records, SettingSets: &b.sets, SettingData: &b.rrdata,
	})
	if err != nil {
		return behaviour{}, err
	}
	if err := c.Numbers(1, map[string]*int{SettingPage: &b.page}); err != nil {
		return behaviour{}, err
	}
	return b, c.Durations(map[string]*time.Duration{SettingPending: &b.pending})
}
