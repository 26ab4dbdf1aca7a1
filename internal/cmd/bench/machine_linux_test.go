package main

import (
	"testing"
	"time"
)

func TestParseProcessorTime(t *testing.T) {
	for _, test := range []struct {
		text string
		want processorTime
	}{
		{"cpu  100 1 20 700 50 2 3 24 9 9\ncpu0 1 2 3\n", processorTime{total: 9 * time.Second, busy: 1500 * time.Millisecond, known: true}},
		{"cpu  100 1 20\n", processorTime{}},
		{"intr 1 2 3 4 5 6 7 8 9\n", processorTime{}},
		{"", processorTime{}},
	} {
		if got := parseProcessorTime(test.text); got != test.want {
			t.Errorf("%q: got %v; want %v", test.text, got, test.want)
		}
	}
}

func TestReadProcessorTime(t *testing.T) {
	got := readProcessorTime()
	if !got.known || got.own <= 0 || got.busy <= got.own || got.total <= got.busy {
		t.Errorf("got %+v; want times that contain each other", got)
	}
}
