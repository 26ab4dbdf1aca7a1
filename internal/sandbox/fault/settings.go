package fault

import (
	"fmt"
	"strconv"
	"time"
)

// Numbers reads the settings of these names, which are whole numbers of at least least. A setting
// that is missing leaves its number as it is.
func (c Conditions) Numbers(least int, into map[string]*int) error {
	for name, number := range into {
		text, set := c.Settings[name]
		if !set {
			continue
		}
		value, err := strconv.Atoi(text)
		if err != nil || value < least {
			return fmt.Errorf("setting %s is %q, not a number from %d upwards", name, text, least)
		}
		*number = value
	}
	return nil
}

// Durations reads the settings of these names, which are not negative and written like "30m". A
// setting that is missing leaves its duration as it is.
func (c Conditions) Durations(into map[string]*time.Duration) error {
	for name, duration := range into {
		text, set := c.Settings[name]
		if !set {
			continue
		}
		value, err := time.ParseDuration(text)
		if err != nil || value < 0 {
			return fmt.Errorf(`setting %s is %q, not a duration like "30m"`, name, text)
		}
		*duration = value
	}
	return nil
}
