package fault

import (
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	c := Conditions{Settings: map[string]string{"calls": "7", "none": "0", "wait": "30m", "many": "many", "soon": "soon", "before": "-1s"}}
	number, duration, kept := 1, time.Second, 5
	if err := c.Numbers(1, map[string]*int{"calls": &number, "missing": &kept}); err != nil || number != 7 || kept != 5 {
		t.Errorf("%d, %d, %v", number, kept, err)
	}
	if err := c.Durations(map[string]*time.Duration{"wait": &duration}); err != nil || duration != 30*time.Minute {
		t.Errorf("%s, %v", duration, err)
	}
	for _, name := range []string{"none", "many"} {
		if err := c.Numbers(1, map[string]*int{name: &number}); err == nil || !strings.Contains(err.Error(), "setting "+name+" is") || number != 7 {
			t.Errorf("%s: %d, %v", name, number, err)
		}
	}
	for _, name := range []string{"soon", "before", "calls"} {
		if err := c.Durations(map[string]*time.Duration{name: &duration}); err == nil || !strings.Contains(err.Error(), "setting "+name+" is") {
			t.Errorf("%s: %s, %v", name, duration, err)
		}
	}
}
