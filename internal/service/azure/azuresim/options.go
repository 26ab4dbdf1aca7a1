package azuresim

import (
	"net/http"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// The settings of [fault.Conditions] that the service knows.
const (
	// SettingWrites is how many changes a zone takes in a minute; 200 by default, 0 for any number.
	SettingWrites = "writes"
	// SettingLists is how often the record sets of a zone can be listed in a minute; 60 by default, 0
	// for any number.
	SettingLists = "lists"
	// SettingPage is how many entries a part of a list has; 100 by default.
	SettingPage = "page"
)

// SwitchExpired makes every access token one that has expired.
const SwitchExpired = "expired"

// Settings describes the settings that the service knows.
var Settings = []simulation.Option{
	{Name: SettingWrites, Description: "how many changes a zone takes in a minute. 0: any number. Default: 200"},
	{Name: SettingLists, Description: "how often the record sets of a zone can be listed in a minute. 0: any number. Default: 60"},
	{Name: SettingPage, Description: "how many entries a part of a list has. Default: 100"},
}

// Switches describes the switches that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchExpired, Description: "every access token has expired"},
}

// behaviour holds the conditions in the form that the handlers need.
type behaviour struct {
	writes, lists, page int
	expired             bool
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{writes: 200, lists: 60, page: 100, expired: c.Switches[SwitchExpired]}
	if err := c.Numbers(0, map[string]*int{SettingWrites: &b.writes, SettingLists: &b.lists}); err != nil {
		return behaviour{}, err
	}
	return b, c.Numbers(1, map[string]*int{SettingPage: &b.page})
}

// pace counts a call of a kind to a zone, or refuses it as one too many.
func (s *Service) pace(c *call, kind string, most int) error {
	zone := strings.ToLower(strings.Join([]string{kind, c.subscription, c.group, c.zone}, "/"))
	wait, ok := s.calls.Allow(zone, s.now(), simulation.Window{Length: time.Minute, Most: most})
	if ok {
		return nil
	}
	no := dnsError(http.StatusTooManyRequests, "TooManyRequests", "The number of %s requests for the zone '%s' exceeds the limit of %d in a minute.", kind, c.zone, most)
	no.retryAfter = int((wait + time.Second - 1) / time.Second)
	return no
}
