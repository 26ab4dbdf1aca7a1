package zone

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// foundHost is a note of the DNS host that a plan has found for a domain.
//
// Terraform before 1.16, and OpenTofu, tell the plan at apply nothing about the approved plan. If
// the two plans differ, they stop with a message that blames the provider. The note serves only to
// explain that message. It may be missing, for example if another machine applies the plan. No plan
// and no change depends on it.
type foundHost struct {
	Host string    `json:"host"`
	At   time.Time `json:"at"`
}

// hostNote returns the file of the note on a search. The file is in the user's cache folder, or
// beside the sandbox's file. Its name is a hash that includes the working directory, because plans
// of other configurations do not matter. It returns "" if there is no place for the file.
func (z *Zones) hostNote(m authorizationModel) string {
	folder := kit.LockFolder("") // the user's own
	if z.run.Sandbox() != nil {
		var err error
		if folder, err = z.run.Sandbox().LockFolder(); err != nil {
			return ""
		}
	}
	directory, err := os.Getwd()
	if err != nil || folder == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{directory, m.Domain.ValueString(), m.Account.ValueString(), m.Via.ValueString()}, "\x00")))
	return filepath.Join(folder, "dns-host-"+hex.EncodeToString(sum[:16])+".json")
}

// earlierHost returns what the last plan found in the same search. Ok is false if it left no
// readable note.
func (z *Zones) earlierHost(m authorizationModel) (earlier foundHost, ok bool) {
	file := z.hostNote(m)
	if file == "" {
		return earlier, false
	}
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, &earlier) != nil {
		return earlier, false
	}
	return earlier, earlier.Host != ""
}

// noteHost writes the note for the next plan of the same search. It ignores errors, because nobody
// needs to know about a read-only file system.
func (z *Zones) noteHost(m authorizationModel, host string) {
	file := z.hostNote(m)
	text, err := json.Marshal(foundHost{Host: host, At: z.run.Now()})
	if file == "" || err != nil || os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	// Replace the file as a whole, because other processes may read it at the same time.
	part, err := os.CreateTemp(filepath.Dir(file), "dns-host-*.part")
	if err != nil {
		return
	}
	_, err = part.Write(text)
	if closed := part.Close(); err != nil || closed != nil || os.Rename(part.Name(), file) != nil {
		_ = os.Remove(part.Name())
	}
}
