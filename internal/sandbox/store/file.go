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

// headSize is how much of the file's beginning belongs to its fingerprint: enough for version, id
// and revision.
const headSize = 128

// document is the file's content. Sections stay as the text that they have in the file, so that
// changing one leaves the others byte for byte as they are.
type document struct {
	Version  int                        `json:"version"`
	ID       string                     `json:"id"`
	Revision uint64                     `json:"revision"`
	Sections map[string]json.RawMessage `json:"sections"`
}

// fingerprint tells one state of the file from every other. Inode and modification time alone would
// not: inodes are used again at once, and several writes fit into one tick of the file system's
// clock. The head holds the revision, which grows with each write under the lock; time and size
// notice somebody's editor, which leaves the revision as it is.
type fingerprint struct {
	head    string
	size    int64
	modTime int64 // nanoseconds since 1970
}

// isCurrent reports whether the document in memory is what the file holds now. The caller holds mu.
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

// look opens the file and takes its fingerprint. A file that does not exist is no error: it gives
// no file and the zero fingerprint.
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

// read decodes the whole file. Whatever it can't make sense of is an error, so that nobody's file
// is overwritten.
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
		return document{}, fmt.Errorf("%s is broken and is left as it is: %w; correct it by hand, or start anew by removing it", s.name(), err)
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

// save makes sections the content of the store, on disk first. The caller is the only writer.
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

// text renders the document for people: indented, sections in alphabetical order. Sections are
// indented when they are encoded, so that an unchanged one is only copied.
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

// encode renders a section the way it stands in the file. In memory nobody reads it, and layout
// would be most of the cost.
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

// replaceFile puts text in place of the file in one step, so that a reader, and whoever comes after
// a killed writer, finds the old content or the new. The file may be lost with the machine's power
// (there is no fsync): a sandbox is made again in seconds, and an apply would pay for it a thousand
// times. Only the holder of the lock file calls it, which is why the temporary file needs no name
// of its own and a killed writer's is simply taken over.
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

// rename is os.Rename. Windows refuses to replace a file in the moment that somebody reads it;
// readers are quick, so trying again for a second is enough.
func rename(from, to string) error {
	for attempt := 0; ; attempt++ {
		err := os.Rename(from, to)
		if err == nil || runtime.GOOS != "windows" || attempt == 100 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// makeFolder makes the folder, and those above it, unless it exists. One that it makes gets a
// .gitignore: simulated or not, a state belongs in nobody's repository. A folder that was there is
// somebody else's and stays as it is.
func makeFolder(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, ".gitignore"), []byte("*\n"), 0o600)
}
