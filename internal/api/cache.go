package api

import (
	"context"
	"strconv"
	"sync"

	"golang.org/x/sync/singleflight"
)

// Cache keeps what a list call returned, for the life of its client. Concurrent readers of one key
// share one call. The call runs on its own context: a cancelled reader stops waiting, and the call
// goes on for the others.
//
// Each key has a generation, which Forget advances. The result of a call that began in an earlier
// generation goes to those who waited for it, and to nobody else: a list that began before a write
// ended proves nothing about that write. Errors are not kept. All readers get the same value, so
// nobody may change what it points to. The zero value is ready for use.
type Cache[V any] struct {
	mu      sync.Mutex
	entries map[string]*entry[V]
	flights singleflight.Group
}

type entry[V any] struct {
	generation uint64
	known      bool
	value      V
}

// Get returns the value of key. If there is none, it calls load.
func (c *Cache[V]) Get(ctx context.Context, key string, load func(context.Context) (V, error)) (V, error) {
	c.mu.Lock()
	e := c.entry(key)
	if e.known {
		defer c.mu.Unlock()
		return e.value, nil
	}
	generation := e.generation
	c.mu.Unlock()

	flight := c.flights.DoChan(strconv.FormatUint(generation, 10)+" "+key, func() (any, error) {
		// Another call may have ended since we looked.
		if v, ok := c.Kept(key); ok {
			return v, nil
		}
		v, err := load(context.WithoutCancel(ctx))
		if err == nil {
			c.Put(key, generation, v)
		}
		return v, err
	})
	select {
	case r := <-flight:
		if r.Err != nil {
			var none V
			return none, r.Err
		}
		v, _ := r.Val.(V) // not ok only for a V that is a nil interface
		return v, nil
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// Kept returns the value of key, if there is one, without a call.
func (c *Cache[V]) Kept(key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(key)
	return e.value, e.known
}

// Generation returns the current generation of key, for a list that begins now and is to be passed
// to Put.
func (c *Cache[V]) Generation(key string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entry(key).generation
}

// Put keeps a value that was read in another way, unless key has a newer generation by now.
func (c *Cache[V]) Put(key string, generation uint64, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entry(key); e.generation == generation {
		e.value, e.known = v, true
	}
}

// Forget drops the value of key. Call it when a write has ended, whether it succeeded or not.
func (c *Cache[V]) Forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entry(key)
	var none V
	e.generation++
	e.known, e.value = false, none
}

func (c *Cache[V]) entry(key string) *entry[V] {
	if c.entries == nil {
		c.entries = map[string]*entry[V]{}
	}
	e, ok := c.entries[key]
	if !ok {
		e = &entry[V]{}
		c.entries[key] = e
	}
	return e
}
