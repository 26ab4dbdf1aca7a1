package nameserver

import (
	"bytes"
	"slices"
	"sync"
)

// lockedBuffer is what a server has written until now.
type lockedBuffer struct {
	mu      sync.Mutex
	content bytes.Buffer
}

// Write appends to the content.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.content.Write(p)
}

// Bytes returns a copy of the content.
func (b *lockedBuffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.content.Bytes())
}
