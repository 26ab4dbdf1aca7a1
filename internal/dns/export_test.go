package dns

// Waiting tells tests how many requests wait for a zone's next write.
func (e *Editor) Waiting(zone HostedZone) int {
	q := e.queue(zone)
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// Outdate has the next plan read the zone.
func (e *Editor) Outdate(zone HostedZone) { e.queue(zone).outdate() }
