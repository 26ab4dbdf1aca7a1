package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// PutKey stores a private key under a name and replaces the one that had it. The key has its own
// file (mode 0600) in a folder beside the state file, "sandbox.keys" for "sandbox.json". It is
// never in the state file, which people read, compare and send to each other. PutKey may be called
// from within View and Update.
func (s *Store) PutKey(name string, pem []byte) error {
	if s.path == "" {
		s.keysMu.Lock()
		defer s.keysMu.Unlock()
		s.keys[name] = bytes.Clone(pem)
		return nil
	}
	if err := s.writeKey(name, pem); err != nil {
		return fmt.Errorf("storing private key %q of the sandbox: %w", name, err)
	}
	return nil
}

func (s *Store) writeKey(name string, pem []byte) error {
	// The folder above comes first, because it gets the .gitignore if both are new.
	if err := makeFolder(filepath.Dir(s.path)); err != nil {
		return err
	}
	folder := s.keyFolder()
	if err := makeFolder(folder); err != nil {
		return err
	}
	temp, err := os.CreateTemp(folder, "*.tmp") // mode 0600
	if err != nil {
		return err
	}
	_, err = temp.Write(pem)
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = rename(temp.Name(), filepath.Join(folder, keyFile(name)))
	}
	if err != nil {
		os.Remove(temp.Name()) //nolint:errcheck // the error that matters is the first
	}
	return err
}

// Key returns the private key that was stored under the name. Its error matches [fs.ErrNotExist] if
// there is none.
func (s *Store) Key(name string) ([]byte, error) {
	if s.path == "" {
		s.keysMu.Lock()
		defer s.keysMu.Unlock()
		pem, ok := s.keys[name]
		if !ok {
			return nil, fmt.Errorf("private key %q of the sandbox: %w", name, fs.ErrNotExist)
		}
		return bytes.Clone(pem), nil
	}
	pem, err := os.ReadFile(filepath.Join(s.keyFolder(), keyFile(name)))
	if err != nil {
		return nil, fmt.Errorf("private key %q of the sandbox: %w", name, err)
	}
	return pem, nil
}

func (s *Store) keyFolder() string { return s.beside(".keys") }

// LockFolder returns the folder for lock files of processes that share the state, and makes it if
// necessary: "sandbox.locks" beside "sandbox.json". It is "" for a state in memory, which no other
// process shares.
func (s *Store) LockFolder() (string, error) {
	if s.path == "" {
		return "", nil
	}
	for _, folder := range []string{filepath.Dir(s.path), s.beside(".locks")} {
		if err := makeFolder(folder); err != nil {
			return "", fmt.Errorf("making the folder for locks of the sandbox: %w", err)
		}
	}
	return s.beside(".locks"), nil
}

// beside is the path of the state file with another extension.
func (s *Store) beside(extension string) string {
	return strings.TrimSuffix(s.path, filepath.Ext(s.path)) + extension
}

// keyFile makes a file name from any name. Different names give different file names, even on file
// systems that do not distinguish "A" from "a", and none is a path to another folder.
func keyFile(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && b.Len() > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	// File systems allow 255 bytes.
	if b.Len() > 200 {
		sum := sha256.Sum256([]byte(name))
		return b.String()[:100] + "%" + hex.EncodeToString(sum[:]) + ".pem"
	}
	return b.String() + ".pem"
}
