package octethapi

import (
	"maps"
	"sync"
	"time"
)

// looked holds the domains that the last list showed, and those that this client has created since.
type looked struct {
	mu    sync.Mutex
	kinds map[Kind]*lookedKind
}

type lookedKind struct {
	at       time.Time
	listed   map[string]int64
	created  map[string]int64 // a list that began before the creation does not have them
	creating map[string]bool
}

// kind returns the domains of a kind. The caller holds the lock.
func (l *looked) kind(kind Kind) *lookedKind {
	if l.kinds == nil {
		l.kinds = map[Kind]*lookedKind{}
	}
	if l.kinds[kind] == nil {
		l.kinds[kind] = &lookedKind{listed: map[string]int64{}, created: map[string]int64{}, creating: map[string]bool{}}
	}
	return l.kinds[kind]
}

// see notes a list.
func (l *looked) see(kind Kind, all []SenderDomain) {
	listed := make(map[string]int64, len(all))
	for _, d := range all {
		listed[d.Domain] = d.ID
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.kind(kind)
	k.at, k.listed = time.Now(), listed
}

// recently is whether the last list is new enough to rely on.
func (l *looked) recently(kind Kind) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.kind(kind).at
	return !at.IsZero() && time.Since(at) < lookAge
}

// id returns the id of a domain that exists.
func (l *looked) id(kind Kind, name string) (int64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.kind(kind)
	if id, created := k.created[name]; created {
		return id, true
	}
	id, listed := k.listed[name]
	return id, listed
}

// begin reserves a name for a creation. It returns false if the name is reserved already.
func (l *looked) begin(kind Kind, name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.kind(kind)
	if k.creating[name] {
		return false
	}
	k.creating[name] = true
	return true
}

// end frees the name.
func (l *looked) end(kind Kind, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.kind(kind).creating, name)
}

// add notes a domain that this client has created.
func (l *looked) add(kind Kind, name string, id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kind(kind).created[name] = id
}

// forget notes that a domain is gone.
func (l *looked) forget(kind Kind, id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.kind(kind)
	for _, ids := range []map[string]int64{k.listed, k.created} {
		maps.DeleteFunc(ids, func(_ string, known int64) bool { return known == id })
	}
}
