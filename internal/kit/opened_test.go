package kit

import (
	"errors"
	"testing"
)

// A client is created once, after any number of failures.
func TestOpened(t *testing.T) {
	var o Opened[int]
	calls := 0
	open := func() (int, error) {
		calls++
		if calls == 1 {
			return 0, errors.New("not configured")
		}
		return calls, nil
	}
	if _, err := o.Get(open); err == nil {
		t.Error("the failure is lost")
	}
	for range 2 {
		if got, err := o.Get(open); got != 2 || err != nil {
			t.Errorf("it is %d, %v", got, err)
		}
	}
	o.Set(9)
	if got, err := o.Get(open); got != 9 || err != nil || calls != 2 {
		t.Errorf("it is %d, %v after %d calls", got, err, calls)
	}
}
