package dns

// Waiting returns how many requests wait for a zone's next write.
func (e *Editor) Waiting(zone HostedZone) int {
	q := e.queue(zone)
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// Plan is plan with the records that other owners want in the zone at the same time.
func Plan(s *Snapshot, limits Limits, p Publication, others []Other) PlannedChange {
	_, planned := plan(s, limits, p, neighbours{wants: others})
	return planned
}

// Outdate has the next plan read the zone.
func (e *Editor) Outdate(zone HostedZone) { e.queue(zone).outdate() }

// Observe is observe at an atomic host, without other owners.
func Observe(s *Snapshot, previous []Published) []Observation {
	return observe(s, Limits{Atomic: true}, previous, neighbours{})
}
