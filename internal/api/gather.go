package api

import (
	"sync"
	"time"
)

// How long a Gatherer waits for the next caller. Terraform writes its whole state after each
// resource, and plans each resource again before it applies it. With a thousand resources, more
// than a tenth of a second may pass between the end of a step and the next call of those that it
// served.
const (
	shortGap    = 250 * time.Millisecond
	longGap     = 600 * time.Millisecond // where many are known to come together, and not all have arrived
	defaultMost = 3 * time.Second
)

// smallestCrowd is the number of callers from which a Gatherer assumes that it has seen all who
// come together. Fewer may be only the first of many.
const smallestCrowd = 8

// Gatherer delays a step that serves many callers at once, such as the list that proves their
// writes, until all have arrived. It learns how many come together (Terraform's -parallelism), and
// then goes ahead as soon as that many are there. The zero value is ready for use.
type Gatherer struct {
	Gap  time.Duration // go ahead when nobody has arrived for so long; 0: 250 ms, or 600 ms where many come together
	Most time.Duration // go ahead after so long in any case; 0: 3 s

	mu    sync.Mutex
	came  int       // since the last step
	usual int       // how many come together
	last  time.Time // when the last caller arrived
}

// Arrive announces a caller who will need the step.
func (g *Gatherer) Arrive() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.came++
	g.last = time.Now()
}

// Wait returns when the step should begin: at once if no caller has been announced. A caller who
// arrives after Wait has returned counts for the next step.
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

// pause is how long to sleep before looking again; 0 when the step should begin.
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
	// Fewer came than usual, because the others were busy or have finished. The usual number falls
	// slowly.
	g.usual = max(g.came, g.usual-1)
	g.came = 0
	return 0
}
