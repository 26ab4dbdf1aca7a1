package api

import (
	"testing"
	"time"
)

func TestGathererGoesAheadAtOnceForNobody(t *testing.T) {
	g := Gatherer{Gap: time.Hour, Most: time.Hour}
	g.Wait() // would not return within the test's time
}

func TestGathererWaitsForStragglers(t *testing.T) {
	g := Gatherer{Gap: 50 * time.Millisecond, Most: time.Hour}
	g.Arrive()
	go func() {
		time.Sleep(10 * time.Millisecond)
		g.Arrive()
	}()
	g.Wait()
	if g.usual != 2 {
		t.Errorf("the step began with %d", g.usual)
	}
}

func TestGathererDoesNotWaitForever(t *testing.T) {
	g := Gatherer{Gap: time.Hour, Most: 20 * time.Millisecond}
	g.Arrive()
	g.Wait()
}

// Once it has seen how many come together, it waits for no more than these.
func TestGathererLearnsTheCrowd(t *testing.T) {
	g := Gatherer{Gap: 20 * time.Millisecond, Most: time.Hour}
	for range 10 {
		g.Arrive()
	}
	g.Wait()
	g.Gap = time.Hour
	for range 10 {
		g.Arrive()
	}
	g.Wait() // would wait for an hour
	if g.usual != 10 {
		t.Errorf("it takes %d for usual", g.usual)
	}
	// Fewer than usual: after a gap, and next time they are waited for again.
	g.Gap = 20 * time.Millisecond
	g.Arrive()
	g.Wait()
	if g.usual != 9 {
		t.Errorf("one small crowd made %d usual", g.usual)
	}
}

// A few who come together may be but the first of many.
func TestGathererDoesNotTrustSmallCrowds(t *testing.T) {
	g := Gatherer{Gap: time.Millisecond, Most: time.Hour}
	g.Arrive()
	g.Wait()
	g.Gap = 30 * time.Millisecond
	start := time.Now()
	g.Arrive()
	g.Wait()
	if took := time.Since(start); took < g.Gap {
		t.Errorf("it went ahead after %s", took)
	}
}
