package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func sampleReport() *report {
	r := &report{provider: providerCosts{startUp: 41 * time.Millisecond, size: 21_340_000}}
	r.add(
		benchCase{name: "mail-noop", world: &world{objects: 1020}, limits: []limit{{nil, 22, "a list a domain"}, {[]string{"GET /domains", "GET /users"}, 20, "a list a domain"}}},
		measurement{
			calls:   map[string]int{"POST /auth": 1, "GET /domains": 1, "GET /users": 20},
			subject: sample{seconds: 3.14159, cpuSeconds: 1.53, peakMemory: 88 << 20}, data: sample{seconds: 2}, idle: sample{seconds: 2.8, cpuSeconds: 0.204, peakMemory: 30 << 20},
			quiet: true,
		},
	)
	return r
}

func TestTables(t *testing.T) {
	var got strings.Builder
	if err := sampleReport().writeTables(&got); err != nil {
		t.Fatal(err)
	}
	want := `
CASE        OBJECTS    CALLS    SECONDS       DATA    RATIO       IDLE    RATIO        CPU   IDLE CPU      MEMORY
mail-noop      1020       22       3.14       2.00     1.57       2.80     1.12    1.50 ms    0.20 ms      88 MiB

CASE        CALL            COUNT
mail-noop   GET /domains        1
mail-noop   GET /users         20
mail-noop   POST /auth          1

TARGET                                              MEASURED             WANTED
mail-noop   all calls                                     22         at most 22   ok
mail-noop   GET /domains + GET /users                     21         at most 20   MISSED
mail-noop   time, in parts of an idle provider's        1.12       at most 1.20   ok
mail-noop   the provider's CPU an object             1.50 ms    at most 1.00 ms   MISSED
provider    start-up to first schema                   41 ms        under 60 ms   ok
provider    stripped binary                          21.3 MB        under 45 MB   ok
provider    peak memory                               88 MiB      under 150 MiB   ok
`
	lines := strings.Split(got.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if trimmed := strings.Join(lines, "\n"); trimmed != want {
		t.Errorf("got\n%s\nwant\n%s", trimmed, want)
	}
}

func TestMissedLimits(t *testing.T) {
	got := strings.Join(sampleReport().missedTargets(), "\n")
	if want := "mail-noop made 21 of GET /domains + GET /users, at most 20 (a list a domain)"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

// Twenty seconds of waits and fifty calls take 21 seconds one after the other.
func TestMissedOverlap(t *testing.T) {
	for _, test := range []struct {
		waits   time.Duration
		seconds float64
		want    string // of the table
		missed  string
	}{
		{20 * time.Second, 2.9, "0.00 at most 0.50 ok", ""}, // nothing but the floor, of three seconds
		{20 * time.Second, 5.1, "0.10 at most 0.50 ok", ""},
		{20 * time.Second, 13.5, "0.50 at most 0.50 ok", ""},
		{20 * time.Second, 14.6, "0.55 at most 0.50 MISSED", "took 12 s beyond its floor, at most 10 s (waits overlap; one after the other, they and the calls take 21 s)"},
		{20 * time.Second, 24, "1.00 at most 0.50 MISSED", "took 21 s beyond its floor"},
		{0, 24, "", ""}, // does not wait
	} {
		r := &report{}
		r.add(benchCase{name: "senders-apply", world: &world{}, operation: applyAll, waits: test.waits},
			measurement{calls: map[string]int{"POST /validate": 50}, subject: sample{seconds: test.seconds}, data: sample{seconds: 3}, idle: sample{seconds: 3}})
		var shown strings.Builder
		if err := r.writeTables(&shown); err != nil {
			t.Fatal(err)
		}
		row := ""
		for line := range strings.Lines(shown.String()) {
			if _, after, found := strings.Cut(line, "in parts of 21 s of waits and calls"); found {
				row = strings.Join(strings.Fields(after), " ")
			}
		}
		if row != test.want {
			t.Errorf("%v in %v s: the table has %q; want %q", test.waits, test.seconds, row, test.want)
		}
		missed := strings.Join(r.missedTargets(), "\n")
		if (missed == "") != (test.missed == "") || !strings.Contains(missed, test.missed) {
			t.Errorf("%v in %v s: missed %q; want %q", test.waits, test.seconds, missed, test.missed)
		}
	}
}

func TestJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	r := sampleReport()
	r.add(benchCase{name: "senders-apply", world: &world{objects: 4}, operation: applyAll, waits: 2 * time.Second},
		measurement{calls: map[string]int{"POST /validate": 3}, subject: sample{seconds: 3}, data: sample{seconds: 2}, idle: sample{seconds: 2.5}})
	if err := r.writeJSON(file); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := `[
  {
    "case": "mail-noop",
    "objects": 1020,
    "calls": 22,
    "calls_by_kind": {
      "GET /domains": 1,
      "GET /users": 20,
      "POST /auth": 1
    },
    "seconds": 3.142,
    "floor_seconds": 2,
    "ratio": 1.571,
    "idle_seconds": 2.8,
    "idle_ratio": 1.122,
    "cpu_seconds": 1.53,
    "idle_cpu_seconds": 0.204,
    "quiet": true
  },
  {
    "case": "senders-apply",
    "objects": 4,
    "calls": 3,
    "calls_by_kind": {
      "POST /validate": 3
    },
    "seconds": 3,
    "floor_seconds": 2,
    "ratio": 1.5,
    "idle_seconds": 2.5,
    "idle_ratio": 1.2,
    "quiet": false,
    "serial_seconds": 2.06
  }
]
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
