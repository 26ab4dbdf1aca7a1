package main

import (
	"maps"
	"testing"
)

func TestCallCounter(t *testing.T) {
	var c callCounter
	c.observe("mailserver", "GET", "/domains", 200)
	c.reset()
	for _, call := range [][2]string{
		{"POST", "/auth"},
		{"GET", "/users/7"}, {"GET", "/users/1024"},
		{"POST", "/users/7"},
		{"GET", "/export/domain"},
		{"GET", "/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records"},
		{"GET", "/"},
	} {
		c.observe("any", call[0], call[1], 200)
	}
	want := map[string]int{"POST /auth": 1, "GET /users": 2, "POST /users": 1, "GET /export/domain": 1, "GET /client/v4/zones/dns_records": 1, "GET /": 1}
	if got := c.byKind(); !maps.Equal(got, want) {
		t.Errorf("got %v; want %v", got, want)
	}
}
