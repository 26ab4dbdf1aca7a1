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
// Terraform before 1.16, and OpenTofu, tell the plan at apply nothing of the approved plan. Where the two disagree, they
// stop with a message that blames the provider. The note is there to explain that message, and for nothing else: it may be
// missing, as where another machine applies the plan, and nothing that is planned or done depends on it.
type foundHost struct {
	Host string    `json:"host"`
	At   time.Time `json:"at"`
}

// hostNote is the file of the note on a search: in the user's cache folder, or beside the sandbox's file. Its name is a
// hash that includes the working directory, as plans of another configuration are of no interest. It is empty if there
// is no place for it.
func (z *Zones) hostNote(m DNSAuthorizationModel) string {
	folder := kit.LockFolder("") // a user's own
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

// earlierHost is what the last plan found for the same search. Ok is false if it left no note that can be read.
func (z *Zones) earlierHost(m DNSAuthorizationModel) (earlier foundHost, ok bool) {
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

// noteHost leaves a note for the next plan of the same search. It fails silently, as a read-only file system is no reason
// to bother anybody.
func (z *Zones) noteHost(m DNSAuthorizationModel, host string) {
	file := z.hostNote(m)
	text, err := json.Marshal(foundHost{Host: host, At: z.run.Now()})
	if file == "" || err != nil || os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	// Written whole or not at all, since other processes may read it meanwhile.
	part, err := os.CreateTemp(filepath.Dir(file), "dns-host-*.part")
	if err != nil {
		return
	}
	_, err = part.Write(text)
	if closed := part.Close(); err != nil || closed != nil || os.Rename(part.Name(), file) != nil {
		_ = os.Remove(part.Name())
	}
}
