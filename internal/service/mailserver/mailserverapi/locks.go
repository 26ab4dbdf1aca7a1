package mailserverapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// locks prevents, by name, what must not run in parallel: within this process, and among all
// processes of this machine that use the same folder and server.
type locks struct {
	folder string // "": this process only
	server string // serverKey of the server's URL: each server has its own locks

	mu     sync.Mutex
	held   map[string]chan struct{}
	marked map[string]bool // see mark; used where there is no folder
}

// lockPoll is how often a lock of another process is tried.
const lockPoll = 25 * time.Millisecond

// serverKey is the same for all spellings of a server's URL.
func serverKey(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	return host + ":" + port + strings.TrimSuffix(u.EscapedPath(), "/")
}

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
		// The system releases the lock as well when the process ends.
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

// acquireFile locks a file named after the server and the lock. The file is not deleted afterwards,
// because another process may be waiting for it.
func (l *locks) acquireFile(ctx context.Context, name string) (*flock.Flock, error) {
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for locks cannot be made: %w", err)
	}
	path := l.path(name, ".lock")
	existing, err := openShared(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	}
	if err := existing.Close(); err != nil {
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	}
	// Without O_CREATE, because Linux refuses it for another user's file in a folder that everybody
	// may write to.
	file := flock.New(path, flock.SetFlag(os.O_RDWR|noFollow))
	locked, err := file.TryLockContext(ctx, lockPoll)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("another process on this machine held %s: %w", path, ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	case !locked:
		return nil, fmt.Errorf("%s cannot be locked", path)
	}
	return file, nil
}

func (l *locks) path(name, suffix string) string {
	sum := sha256.Sum256([]byte(l.server + "\n" + name))
	return filepath.Join(l.folder, "mailserver-"+hex.EncodeToString(sum[:12])+suffix)
}

// openShared opens a file that processes of all users may lock and write. It creates the file if
// necessary.
func openShared(path string) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|noFollow, 0)
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
		file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue // another process was faster
		}
		if err == nil {
			// The folder decides who may open the file, and not the umask.
			err = file.Chmod(0o666)
		}
		return file, err
	}
}

// mark notes, beside a lock that is held, that the server is at work; unmark removes the note. If
// the lock is free and there is a mark, the process that held the lock has ended in between. If the
// mark cannot be written, there is only the lock.
func (l *locks) mark(name string)   { l.setMark(name, "busy") }
func (l *locks) unmark(name string) { l.setMark(name, "") }

func (l *locks) setMark(name, text string) {
	if l.folder == "" {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.marked == nil {
			l.marked = map[string]bool{}
		}
		l.marked[name] = text != ""
		return
	}
	file, err := openShared(l.path(name, ".mark"))
	if err != nil {
		return
	}
	if file.Truncate(0) == nil {
		_, _ = file.WriteString(text)
	}
	_ = file.Close()
}

// isMarked is whether the process that held the lock before has left its mark.
func (l *locks) isMarked(name string) bool {
	if l.folder == "" {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.marked[name]
	}
	info, err := os.Lstat(l.path(name, ".mark"))
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}
