package main

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// mishap is what goes wrong in an apply.
type mishap struct {
	faults  []fault.Fault
	cuts    map[int]verdict
	killAt  int
	killHow verdict
	writes  bool
	// lost is whether Terraform is killed too, and saves no state.
	lost bool
}

func (m mishap) none() bool { return m.faults == nil && m.cuts == nil && m.killAt == 0 }

// kinds are the faults that a service may have for one call.
var kinds = []fault.Kind{fault.Status, fault.StatusAfter, fault.EmptyError, fault.Cut, fault.CutAfter, fault.TruncatedBody, fault.InvalidJSON}

// mishap chooses what goes wrong.
func (w *world) mishap() mishap {
	var m mishap
	switch w.random.IntN(5) {
	case 0, 1:
		m.killHow = []verdict{pass, cutBefore, cutAfter}[w.random.IntN(3)]
		m.writes = w.random.IntN(3) > 0
		m.killAt = 1 + w.random.IntN(4)
		if !m.writes {
			m.killAt = 1 + w.random.IntN(10)
		}
		m.lost = w.random.IntN(2) == 0
	case 2, 3:
		if w.host.conditions == nil {
			m.cuts = map[int]verdict{1 + w.random.IntN(8): []verdict{cutBefore, cutAfter}[w.random.IntN(2)]}
			break
		}
		for range 1 + w.random.IntN(2) {
			f := fault.Fault{Kind: kinds[w.random.IntN(len(kinds))], Skip: w.random.IntN(4), Count: 1 + w.random.IntN(2)}
			if w.random.IntN(2) == 0 {
				f.Method = []string{"POST", "PUT", "PATCH", "DELETE", "UPDATE"}[w.random.IntN(5)]
				f.Skip = w.random.IntN(2)
			}
			m.faults = append(m.faults, f)
		}
	}
	return m
}
