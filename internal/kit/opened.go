package kit

import "sync"

// Opened holds the client of an account. The client is created at its first use. The zero value
// holds none. It is safe for concurrent use.
type Opened[C any] struct {
	mu     sync.Mutex
	client C
	is     bool
}

// Get returns the client. If there is none yet, open creates it. An error is not kept: the next
// call tries again.
func (o *Opened[C]) Get(open func() (C, error)) (C, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.is {
		return o.client, nil
	}
	client, err := open()
	if err == nil {
		o.client, o.is = client, true
	}
	return client, err
}

// Set makes Get return this client.
func (o *Opened[C]) Set(client C) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.client, o.is = client, true
}
