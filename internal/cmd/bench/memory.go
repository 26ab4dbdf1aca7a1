package main

import "time"

// memoryWatch watches the processes of one binary and remembers the highest memory that any of them
// has used.
type memoryWatch struct {
	done chan struct{}
	peak chan int64
}

// memoryInterval is short compared with an operation, which takes seconds. The system keeps the
// peak of each process, so only what a process uses right before its end can be missed.
const memoryInterval = 10 * time.Millisecond

func watchMemory(binary string) *memoryWatch {
	w := &memoryWatch{done: make(chan struct{}), peak: make(chan int64, 1)}
	go func() {
		ticker := time.NewTicker(memoryInterval)
		defer ticker.Stop()
		var peak int64
		for {
			peak = max(peak, peakMemory(binary))
			select {
			case <-w.done:
				w.peak <- peak
				return
			case <-ticker.C:
			}
		}
	}()
	return w
}

// stop ends the watch and returns the peak in bytes, or 0 if it cannot be measured.
func (w *memoryWatch) stop() int64 {
	close(w.done)
	return <-w.peak
}
