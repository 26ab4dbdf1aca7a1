package main

import (
	"testing"
	"time"
)

func TestQuietBetween(t *testing.T) {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	at := func(total, busy, own int) processorTime {
		return processorTime{total: seconds(total), busy: seconds(busy), own: seconds(own), known: true}
	}
	for _, test := range []struct {
		name          string
		before, after processorTime
		want          bool
	}{
		{"nobody else", at(1000, 500, 10), at(1100, 580, 90), true},
		{"others use a little", at(1000, 500, 10), at(1100, 584, 90), true},
		{"others use more", at(1000, 500, 10), at(1100, 586, 90), false},
		{"others alone", at(1000, 500, 10), at(1100, 600, 10), false},
		{"nothing is known before", processorTime{}, at(1100, 580, 90), false},
		{"nothing is known after", at(1000, 500, 10), processorTime{}, false},
		{"no time has gone by", at(1000, 500, 10), at(1000, 500, 10), false},
	} {
		if got := quietBetween(test.before, test.after); got != test.want {
			t.Errorf("%s: got %t; want %t", test.name, got, test.want)
		}
	}
}
