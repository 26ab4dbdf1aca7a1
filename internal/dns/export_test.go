package dns

// Waiting returns how many requests wait for a zone's next write.
func (e *Editor) Waiting(zone HostedZone) int {
	q := e.queue(zone)
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
