package api

import (
	"sync"
	"time"
)

// How long a Gatherer waits unless it is told otherwise. Terraform writes its whole
// state after each resource, one at a time, so that with a thousand resources those
// that it works on in parallel come to us some 25 ms apart, on a busy machine 100.
const (
	shortestGap = 100 * time.Millisecond
	longestGap  = time.Second
	defaultMost = 3 * time.Second
)

// gapsOfSpacing is how many times the usual time between two callers has to pass
// without one, before it is believed that no more will come.
const gapsOfSpacing = 5

// smallestCrowd is the number of callers from which on a Gatherer believes that it
// has seen all who come together. Fewer may be but the first of many.
const smallestCrowd = 8

// Gatherer holds back a step that serves many at once, such as the list that
// proves their writes, until those who are about to need it have come. It learns
// how many come together, which is Terraform's -parallelism, and then goes ahead
// as soon as they are there. The zero value is ready for use.
type Gatherer struct {
	Gap  time.Duration // go ahead when nobody has come for so long; 0: 100 ms to 1 s, by how far apart they come
	Most time.Duration // go ahead after so long in any case; 0: 3 s

	mu      sync.Mutex
	came    int           // since the last step
	usual   int           // how many come together
	last    time.Time     // when somebody last came
	spacing time.Duration // how far apart those come who come together, on average
}

// Arrive announces one who will need the step.
func (g *Gatherer) Arrive() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if g.came > 0 {
		g.spacing = (3*g.spacing + now.Sub(g.last)) / 4
	}
	g.came++
	g.last = now
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
	gap := g.Gap
	if gap == 0 {
		gap = min(max(gapsOfSpacing*g.spacing, shortestGap), longestGap)
	}
	quiet := gap - time.Since(g.last)
	complete := g.usual >= smallestCrowd && g.came >= g.usual
	if g.came > 0 && !complete && quiet > 0 && left > 0 {
		return min(quiet, left, 2*time.Millisecond)
	}
	// Fewer than usual, because the others were busy elsewhere or are no more: what
	// is usual sinks slowly.
	g.usual = max(g.came, g.usual-1)
	g.came = 0
	return 0
}
