package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cmd/table"
)

// Targets for the provider as a whole.
const (
	startUpTarget = 60 * time.Millisecond
	memoryTarget  = 150 << 20 // bytes
	sizeTarget    = 45e6      // bytes; the cloud hosts and their libraries take 9e6
)

// overlapTarget is the most that a case with waits may take beyond its floor, as a part of the time
// that its waits and calls take one after the other. It is generous for a slow machine, and cannot
// be reached by waiting for one object at a time.
const overlapTarget = 0.5

// report collects measurements and shows them.
type report struct {
	provider providerCosts
	results  []result
}

type result struct {
	benchCase
	measurement
}

func (r *report) add(c benchCase, m measurement) {
	r.results = append(r.results, result{c, m})
}

// count returns the number of calls of some kinds, or of all calls if no kind is given.
func (m measurement) count(kinds ...string) int {
	sum := 0
	for kind, n := range m.calls {
		if len(kinds) == 0 || slices.Contains(kinds, kind) {
			sum += n
		}
	}
	return sum
}

// serialSeconds returns how long the waits of a case and the latency of its calls take one after
// the other.
func (r result) serialSeconds() float64 {
	return (r.waits + time.Duration(r.count())*latency).Seconds()
}

// overlap returns which part of serialSeconds a case with waits takes beyond its floor. A busy
// machine makes both slower.
func (r result) overlap() float64 {
	return max(r.subject.seconds-r.data.seconds, 0) / r.serialSeconds()
}

func (r result) overlaps() bool { return r.waits == 0 || r.overlap() <= overlapTarget }

func (l limit) label() string {
	if len(l.kinds) == 0 {
		return "all calls"
	}
	return strings.Join(l.kinds, " + ")
}

// missedTargets names the targets that make the benchmark fail: limits on calls, and waits that were
// not at the same time. Goals of no-op plans are only shown: the framework alone takes more CPU time
// than they allow.
func (r *report) missedTargets() []string {
	var missed []string
	for _, res := range r.results {
		for _, l := range res.limits {
			if n := res.count(l.kinds...); n > l.most {
				missed = append(missed, fmt.Sprintf("%s made %d of %s, at most %d (%s)", res.name, n, l.label(), l.most, l.why))
			}
		}
		if !res.overlaps() {
			missed = append(missed, fmt.Sprintf("%s took %.0f s beyond its floor, at most %.0f s (waits overlap; one after the other, they and the calls take %.0f s)",
				res.name, res.subject.seconds-res.data.seconds, overlapTarget*res.serialSeconds(), res.serialSeconds()))
		}
	}
	return missed
}

func (r *report) writeTables(out io.Writer) error {
	costs := []string{fmt.Sprintf("CASE\t%7s\t%6s\t%8s\t%8s\t%6s\t%8s\t%6s\t%8s\t%8s\t%9s",
		"OBJECTS", "CALLS", "SECONDS", "DATA", "RATIO", "IDLE", "RATIO", "CPU", "IDLE CPU", "MEMORY")}
	calls := []string{fmt.Sprintf("CASE\tCALL\t%6s", "COUNT")}
	targets := []string{fmt.Sprintf("TARGET\t\t%9s\t%16s\t", "MEASURED", "WANTED")}
	var peak int64
	for _, res := range r.results {
		peak = max(peak, res.subject.peakMemory)
		costs = append(costs, fmt.Sprintf("%s\t%7d\t%6d\t%8.2f\t%8.2f\t%6.2f\t%8.2f\t%6.2f\t%8s\t%8s\t%9s",
			res.name, res.world.objects, res.count(), res.subject.seconds, res.data.seconds, res.subject.seconds/res.data.seconds,
			res.idle.seconds, res.subject.seconds/res.idle.seconds, milliseconds(res.cpuAnObject(res.subject)), milliseconds(res.cpuAnObject(res.idle)),
			mebibytes(res.subject.peakMemory)))
		for _, kind := range slices.Sorted(maps.Keys(res.calls)) {
			calls = append(calls, fmt.Sprintf("%s\t%s\t%6d", res.name, kind, res.calls[kind]))
		}
		for _, l := range res.limits {
			n := res.count(l.kinds...)
			targets = append(targets, fmt.Sprintf("%s\t%s\t%9d\t%16s\t%s", res.name, l.label(), n, fmt.Sprint("at most ", l.most), verdict(n <= l.most)))
		}
		if res.waits > 0 {
			targets = append(targets, fmt.Sprintf("%s\ttime beyond the floor, in parts of %.0f s of waits and calls\t%9.2f\t%16s\t%s", res.name, res.serialSeconds(),
				res.overlap(), fmt.Sprintf("at most %.2f", overlapTarget), verdict(res.overlaps())))
		}
		for _, g := range res.goals() {
			targets = append(targets, fmt.Sprintf("%s\t%s\t%9s\t%16s\t%s", res.name, g.what, g.show(g.measured), "at most "+g.show(g.most), g.verdict(res.quiet)))
		}
	}
	targets = append(targets,
		fmt.Sprintf("provider\tstart-up to first schema\t%6d ms\t%16s\t%s", r.provider.startUp.Milliseconds(),
			fmt.Sprintf("under %d ms", startUpTarget.Milliseconds()), verdict(r.provider.startUp < startUpTarget)),
		fmt.Sprintf("provider\tstripped binary\t%6.1f MB\t%16s\t%s", float64(r.provider.size)/1e6,
			fmt.Sprintf("under %.0f MB", sizeTarget/1e6), verdict(float64(r.provider.size) < sizeTarget)))
	if peak > 0 {
		targets = append(targets, fmt.Sprintf("provider\tpeak memory\t%9s\t%16s\t%s", mebibytes(peak), "under "+mebibytes(memoryTarget), verdict(peak < memoryTarget)))
	}
	return errors.Join(table.Write(out, "", costs), table.Write(out, "", calls), table.Write(out, "", targets))
}

func mebibytes(bytes int64) string {
	if bytes == 0 {
		return "–"
	}
	return fmt.Sprintf("%d MiB", int64(math.Ceil(float64(bytes)/(1<<20))))
}

func verdict(kept bool) string {
	if kept {
		return "ok"
	}
	return "MISSED"
}

// writeJSON writes the measurements of the cases, for programs.
func (r *report) writeJSON(file string) error {
	type entry struct {
		Case         string         `json:"case"`
		Objects      int            `json:"objects"`
		Calls        int            `json:"calls"`
		CallsByKind  map[string]int `json:"calls_by_kind"`
		Seconds      float64        `json:"seconds"`
		FloorSeconds float64        `json:"floor_seconds"` // of as many terraform_data
		Ratio        float64        `json:"ratio"`
		IdleSeconds  float64        `json:"idle_seconds"` // of as many resources of a provider that does nothing
		IdleRatio    float64        `json:"idle_ratio"`
		// The CPU time of the provider's own processes is missing where it could not be measured.
		CPUSeconds     float64 `json:"cpu_seconds,omitempty"`
		IdleCPUSeconds float64 `json:"idle_cpu_seconds,omitempty"`
		Quiet          bool    `json:"quiet"` // whether other programs were certainly idle
		// SerialSeconds is how long waits and calls take one after the other, for cases that wait.
		SerialSeconds float64 `json:"serial_seconds,omitempty"`
	}
	entries := make([]entry, len(r.results))
	for i, res := range r.results {
		entries[i] = entry{
			Case: res.name, Objects: res.world.objects, Calls: res.count(), CallsByKind: res.calls,
			Seconds: milli(res.subject.seconds), FloorSeconds: milli(res.data.seconds), Ratio: milli(res.subject.seconds / res.data.seconds),
			IdleSeconds: milli(res.idle.seconds), IdleRatio: milli(res.subject.seconds / res.idle.seconds),
			CPUSeconds: milli(res.subject.cpuSeconds), IdleCPUSeconds: milli(res.idle.cpuSeconds), Quiet: res.quiet,
		}
		if res.waits > 0 {
			entries[i].SerialSeconds = milli(res.serialSeconds())
		}
	}
	text, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// milli rounds to three decimal places.
func milli(x float64) float64 { return math.Round(x*1000) / 1000 }
