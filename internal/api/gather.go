package api

import (
	"sync"
	"time"
)

// How long a Gatherer waits for the next one to come. Terraform writes its whole
// state after each resource, one at a time, and plans each anew before it applies
// it: with a thousand resources, a tenth of a second or more may pass between the
// end of a step and the return of those whom it served.
const (
	shortGap    = 250 * time.Millisecond
	longGap     = 600 * time.Millisecond // where many are known to come together, and fewer are here
	defaultMost = 3 * time.Second
)

// smallestCrowd is the number of callers from which on a Gatherer believes that it
// has seen all who come together. Fewer may be but the first of many.
const smallestCrowd = 8

// Gatherer holds back a step that serves many at once, such as the list that
// proves their writes, until those who are about to need it have come. It learns
// how many come together, which is Terraform's -parallelism, and then goes ahead
// as soon as they are there. The zero value is ready for use.
type Gatherer struct {
	Gap  time.Duration // go ahead when nobody has come for so long; 0: 250 ms, or 600 ms where many come together
	Most time.Duration // go ahead after so long in any case; 0: 3 s

	mu    sync.Mutex
	came  int       // since the last step
	usual int       // how many come together
	last  time.Time // when somebody last came
}

// Arrive announces one who will need the step.
func (g *Gatherer) Arrive() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.came++
	g.last = time.Now()
}

// Wait returns when the step should begin, at once if nobody has announced
// himself. Whoever arrives after it returned counts for the next step.
func (g *Gatherer) Wait() {
	most := or(g.Most, defaultMost)
	for start := time.Now(); ; {
		pause := g.pause(most - time.Since(start))
		if pause <= 0 {
			return
		}
		time.Sleep(pause)
	}
}

// pause is how long to sleep before looking again; nothing when it is time.
func (g *Gatherer) pause(left time.Duration) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	gap, crowd := or(g.Gap, shortGap), g.usual >= smallestCrowd
	if g.Gap == 0 && crowd {
		gap = longGap
	}
	quiet, complete := gap-time.Since(g.last), crowd && g.came >= g.usual
	if g.came > 0 && !complete && quiet > 0 && left > 0 {
		return min(quiet, left, 2*time.Millisecond)
	}
	// Fewer than usual, because the others were busy elsewhere or are no more: what
	// is usual sinks slowly.
	g.usual = max(g.came, g.usual-1)
	g.came = 0
	return 0
}
