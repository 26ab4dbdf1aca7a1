package main

import "time"

// othersLimit is the part of all processors' time that other programs may use on a quiet machine.
const othersLimit = 0.05

// machineWatch finds out whether other programs kept the processors busy during a measurement. Times
// are judged only if they did not.
type machineWatch struct{ before processorTime }

// processorTime is time of all processors together since the machine and this process started.
type processorTime struct {
	total, busy time.Duration // busy includes what the host of a virtual machine has taken
	own         time.Duration // of this process and its ended children; part of busy
	known       bool
}

func watchMachine() machineWatch { return machineWatch{readProcessorTime()} }

// quiet reports whether it is certain that other programs did not disturb.
func (w machineWatch) quiet() bool { return quietBetween(w.before, readProcessorTime()) }

func quietBetween(before, after processorTime) bool {
	if !before.known || !after.known || after.total <= before.total {
		return false
	}
	others := (after.busy - before.busy) - (after.own - before.own)
	return float64(others) <= othersLimit*float64(after.total-before.total)
}
