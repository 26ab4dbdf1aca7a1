package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of /proc/stat on all processors that Go supports.
const tick = 10 * time.Millisecond

func readProcessorTime() processorTime {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return processorTime{}
	}
	t := parseProcessorTime(string(text))
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if err := syscall.Getrusage(who, &used); err != nil {
			return processorTime{}
		}
		t.own += time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	return t
}

// parseProcessorTime reads the first line of /proc/stat, see proc_stat(5): user, nice, system, idle,
// iowait, irq, softirq, steal. What follows is part of these.
func parseProcessorTime(text string) processorTime {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return processorTime{}
	}
	t := processorTime{known: true}
	for i, field := range fields[1:9] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return processorTime{}
		}
		t.total += time.Duration(ticks) * tick
		if idle := i == 3 || i == 4; !idle {
			t.busy += time.Duration(ticks) * tick
		}
	}
	return t
}
