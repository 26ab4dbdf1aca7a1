package store

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// formatVersion is the version of the file format that this code writes, and the newest that it
// reads.
const formatVersion = 1

// headSize is the size of the file's beginning in its fingerprint: enough for version, id and
// revision.
const headSize = 128

// document is the file's content. Sections keep their text from the file, so that a change of one
// leaves the others byte for byte as they are.
type document struct {
	Version  int                        `json:"version"`
	ID       string                     `json:"id"`
	Revision uint64                     `json:"revision"`
	Sections map[string]json.RawMessage `json:"sections"`
}

// fingerprint distinguishes all states of the file. Inode and modification time are not sufficient:
// inodes are reused at once, and several writes fit into one tick of the file system's clock. The
// head holds the revision, which grows with each write under the lock. Time and size show the edit
// of a person, who leaves the revision unchanged.
type fingerprint struct {
	head    string
	size    int64
	modTime int64 // nanoseconds since 1970
}

// isCurrent reports whether the document in memory is the same as in the file. The caller holds mu.
func (s *Store) isCurrent() (bool, error) {
	if s.path == "" {
		return true, nil
	}
	f, now, err := s.look()
	if err != nil {
		return false, err
	}
	if f != nil {
		f.Close() //nolint:errcheck // it was only read
	}
	return now == s.seen, nil
}

// refresh reads the document again if the file has changed since. The caller holds mu for writing.
func (s *Store) refresh() error {
	if s.path == "" {
		return nil
	}
	f, now, err := s.look()
	if err != nil {
		return err
	}
	if f != nil {
		defer f.Close() //nolint:errcheck // it was only read
	}
	if now == s.seen {
		return nil
	}
	var doc document
	if f != nil {
		if doc, err = s.read(f); err != nil {
			return err
		}
	}
	s.doc, s.seen, s.decoded = doc, now, map[string]any{}
	return nil
}

// look opens the file and takes its fingerprint. If the file does not exist, there is no error, no
// file and the zero fingerprint.
func (s *Store) look() (*os.File, fingerprint, error) {
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fingerprint{}, nil
	}
	if err != nil {
		return nil, fingerprint{}, fmt.Errorf("sandbox state file: %w", err)
	}
	now, err := takeFingerprint(f)
	if err != nil {
		f.Close() //nolint:errcheck // the error that matters is the first
		return nil, fingerprint{}, fmt.Errorf("%s: %w", s.name(), err)
	}
	return f, now, nil
}

func takeFingerprint(f *os.File) (fingerprint, error) {
	info, err := f.Stat()
	if err != nil {
		return fingerprint{}, err
	}
	head := make([]byte, headSize)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fingerprint{}, err
	}
	return fingerprint{head: string(head[:n]), size: info.Size(), modTime: info.ModTime().UnixNano()}, nil
}

// read decodes the whole file. It returns an error for anything that it does not understand, so
// that no foreign file is overwritten.
func (s *Store) read(f *os.File) (document, error) {
	text, err := io.ReadAll(f)
	if err != nil {
		return document{}, fmt.Errorf("%s: %w", s.name(), err)
	}
	var doc document
	var version struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return document{}, fmt.Errorf("%s is broken, or no file of a sandbox, and is left as it is: %w; correct it by hand, or name another file", s.name(), err)
	}
	if version.Version > formatVersion {
		return document{}, fmt.Errorf("%s has format version %d, this provider knows versions up to %d: use the newer provider that wrote it, or another sandbox path", s.name(), version.Version, formatVersion)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return document{}, fmt.Errorf("%s is broken and is left as it is: %w; correct it by hand, or start anew by removing it", s.name(), err)
	}
	if doc.Version < 1 || doc.ID == "" {
		return document{}, fmt.Errorf("%s has no version or no id: it is not a sandbox's state and is left as it is; choose another sandbox path", s.name())
	}
	return doc, nil
}

// save writes the sections to disk and then to memory. The caller is the only writer.
func (s *Store) save(sections map[string]json.RawMessage) error {
	next := document{Version: formatVersion, ID: s.doc.ID, Revision: s.doc.Revision + 1, Sections: sections}
	if next.ID == "" {
		id := make([]byte, 16)
		rand.Read(id)
		next.ID = hex.EncodeToString(id)
	}
	if s.path != "" {
		seen, err := replaceFile(s.path, next.text())
		if err != nil {
			return fmt.Errorf("%s could not be written: %w", s.name(), err)
		}
		s.seen = seen
	}
	s.doc = next
	return nil
}

// text formats the document for people: indented, with the sections in alphabetical order. Sections
// are indented when they are encoded, so that an unchanged one is only copied.
func (d document) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"version\": %d,\n  \"id\": %q,\n  \"revision\": %d,\n  \"sections\": {", d.Version, d.ID, d.Revision)
	for i, name := range slices.Sorted(maps.Keys(d.Sections)) {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name) // a string always has an encoding
		fmt.Fprintf(&b, "\n    %s: %s", key, d.Sections[name])
	}
	b.WriteString("\n  }\n}\n")
	return b.Bytes()
}

// encode formats a section as in the file. For a state in memory it does not indent, which would
// take most of the time.
func (s *Store) encode(v any) (json.RawMessage, error) {
	var plain, indented bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	raw := bytes.TrimSpace(plain.Bytes())
	if s.path == "" {
		return raw, nil
	}
	indented.Grow(len(raw) * 3 / 2) // one allocation instead of a dozen for a large section
	if err := json.Indent(&indented, raw, "    ", "  "); err != nil {
		return nil, err
	}
	return indented.Bytes(), nil
}

// replaceFile replaces the file by text in one step: readers, and the next writer after a killed
// one, find either the old content or the new. There is no fsync, so the file may be lost in a
// power failure: a sandbox can be made again in seconds, and an apply would need a thousand fsyncs.
// Only the holder of the lock file calls it. So the temporary file needs no unique name, and that
// of a killed writer is overwritten.
func replaceFile(path string, text []byte) (fingerprint, error) {
	temp := path + ".tmp"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fingerprint{}, err
	}
	f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fingerprint{}, err
	}
	var seen fingerprint
	if _, err = f.Write(text); err == nil {
		seen, err = takeFingerprint(f)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = rename(temp, path)
	}
	if err != nil {
		return fingerprint{}, errors.Join(err, os.Remove(temp))
	}
	return seen, nil
}

// rename is os.Rename. Windows refuses to replace a file while somebody reads it. Reads are short,
// so it tries again for a second.
func rename(from, to string) error {
	for attempt := 0; ; attempt++ {
		err := os.Rename(from, to)
		if err == nil || runtime.GOOS != "windows" || attempt == 100 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// makeFolder makes the folder and those above it. A new folder gets a .gitignore, because a state
// does not belong in a repository. An existing folder is not changed.
func makeFolder(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, ".gitignore"), []byte("*\n"), 0o600)
}
