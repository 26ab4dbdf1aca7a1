package mailserver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// locks keeps what must not run in parallel apart, by name: within this process,
// and among all processes of this machine that use the same folder and server.
type locks struct {
	folder string // "": this process only
	server string // the server's URL: another server's locks are others

	mu   sync.Mutex
	held map[string]chan struct{}
}

// lockPoll is how often a lock that another process holds is tried.
const lockPoll = 25 * time.Millisecond

// acquire waits for the lock of that name until ctx ends.
func (l *locks) acquire(ctx context.Context, name string) (release func(), err error) {
	slot := l.slot(name)
	select {
	case slot <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if l.folder == "" {
		return func() { <-slot }, nil
	}
	file, err := l.acquireFile(ctx, name)
	if err != nil {
		<-slot
		return nil, err
	}
	return func() {
		// The system gives it back as well when the process ends.
		_ = file.Unlock()
		<-slot
	}, nil
}

func (l *locks) slot(name string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[string]chan struct{}{}
	}
	slot, ok := l.held[name]
	if !ok {
		slot = make(chan struct{}, 1)
		l.held[name] = slot
	}
	return slot
}

// acquireFile locks a file named after the server and the lock. It stays there
// unlocked afterwards: deleting it could pull it from under a waiting process.
func (l *locks) acquireFile(ctx context.Context, name string) (*flock.Flock, error) {
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for locks cannot be made: %w", err)
	}
	sum := sha256.Sum256([]byte(l.server + "\n" + name))
	file := flock.New(filepath.Join(l.folder, "mailserver-"+hex.EncodeToString(sum[:12])+".lock"))
	locked, err := file.TryLockContext(ctx, lockPoll)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("another process on this machine held %s: %w", file.Path(), ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("%s cannot be locked: %w", file.Path(), err)
	case !locked:
		return nil, fmt.Errorf("%s cannot be locked", file.Path())
	}
	return file, nil
}
