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
		measurement{calls: map[string]int{"POST /auth": 1, "GET /domains": 1, "GET /users": 20}, seconds: 3.14159, floorSeconds: 2, peakMemory: 88 << 20},
	)
	return r
}

func TestTables(t *testing.T) {
	var got strings.Builder
	if err := sampleReport().writeTables(&got); err != nil {
		t.Fatal(err)
	}
	want := `
CASE        OBJECTS    CALLS    SECONDS      FLOOR    RATIO      MEMORY
mail-noop      1020       22       3.14       2.00     1.57      88 MiB

CASE        CALL            COUNT
mail-noop   GET /domains        1
mail-noop   GET /users         20
mail-noop   POST /auth          1

TARGET                                   MEASURED             WANTED
mail-noop   all calls                          22         at most 22   ok
mail-noop   GET /domains + GET /users          21         at most 20   MISSED
provider    start-up to first schema        41 ms        under 60 ms   ok
provider    stripped binary               21.3 MB        under 30 MB   ok
provider    peak memory                    88 MiB      under 150 MiB   ok
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
	got := strings.Join(sampleReport().missedLimits(), "\n")
	if want := "mail-noop made 21 of GET /domains + GET /users, at most 20 (a list a domain)"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	if err := sampleReport().writeJSON(file); err != nil {
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
    "ratio": 1.571
  }
]
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
