package main

import "time"

// memoryWatch follows the processes of one binary and remembers the most memory that any of them has held.
type memoryWatch struct {
	done chan struct{}
	peak chan int64
}

// memoryInterval is short beside the seconds that an operation takes. The system keeps each process's own peak: nothing
// between two looks is lost but what a process takes right before its end.
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

// stop ends the watch and returns the peak in bytes, 0 where it cannot be measured.
func (w *memoryWatch) stop() int64 {
	close(w.done)
	return <-w.peak
}
