package bind

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Kind is how a zone is kept.
type Kind int

// Kinds of zones.
const (
	// Plain is a zone without DNSSEC.
	Plain Kind = iota
	// Signed is a zone that named signs itself, update by update.
	Signed
	// InlineSigned is a zone that is kept without signatures, while a signed
	// copy of it is served, which follows in the background.
	InlineSigned
)

// Zone is a zone to be served.
type Zone struct {
	Apex string
	Kind Kind
	// Records are zone-file lines, relative to the apex. The SOA and an NS
	// record, of [NameServer], are added.
	Records []string
	// Policy is what an update-policy grants, such as
	// "grant updater.test. name only.example.com. TXT;". Empty: the updater
	// may do everything, by allow-update.
	Policy string
}

// NameServer is the name server of all zones, which lies in none of them.
const NameServer = "ns1.nameserver.example"

// policy is how zones are signed: as by BIND's own default policy, but without
// its limit of a day for TTLs, to which it lowers longer ones silently.
const policy = "unlimited"

// Key is a TSIG key.
type Key struct {
	Name, Algorithm string
	Secret          string // base64
}

func newKey(name string) Key {
	secret := make([]byte, 32)
	rand.Read(secret) //nolint:errcheck // it never fails
	return Key{Name: name, Algorithm: "hmac-sha256", Secret: base64.StdEncoding.EncodeToString(secret)}
}

// configure writes the configuration and the zones' files.
func (s *Server) configure(zones []Zone) error {
	var conf strings.Builder
	fmt.Fprintf(&conf, `options {
	directory %q;
	listen-on port %d { %s; };
	listen-on-v6 { none; };
	pid-file none;
	session-keyfile none;
	recursion no;
	notify no;
	dnssec-validation no;
	allow-transfer { key %q; key %q; };
};
controls { };
dnssec-policy %q {
	keys { csk lifetime unlimited algorithm ecdsap256sha256; };
	max-zone-ttl 2147483647;
};
`, s.dir, s.Port, s.Host, s.Updater.Name, s.Reader.Name, policy)
	for _, key := range []Key{s.Updater, s.Reader, s.Denied} {
		fmt.Fprintf(&conf, "key %q { algorithm %s; secret %q; };\n", key.Name, key.Algorithm, key.Secret)
	}
	for i, zone := range zones {
		file := fmt.Sprintf("zone%d.db", i)
		if err := os.WriteFile(filepath.Join(s.dir, file), []byte(zone.text()), 0o600); err != nil {
			return err
		}
		fmt.Fprintf(&conf, "zone %q {\n\ttype primary;\n\tfile %q;\n", zone.Apex, file)
		if zone.Policy != "" {
			fmt.Fprintf(&conf, "\tupdate-policy { %s };\n", zone.Policy)
		} else {
			fmt.Fprintf(&conf, "\tallow-update { key %q; };\n", s.Updater.Name)
		}
		switch zone.Kind {
		case Signed:
			fmt.Fprintf(&conf, "\tdnssec-policy %q;\n\tinline-signing no;\n", policy)
		case InlineSigned:
			fmt.Fprintf(&conf, "\tdnssec-policy %q;\n\tinline-signing yes;\n", policy)
		}
		conf.WriteString("};\n")
	}
	return os.WriteFile(filepath.Join(s.dir, "named.conf"), []byte(conf.String()), 0o600)
}

// text is the zone's file.
func (z Zone) text() string {
	return "$ORIGIN " + strings.TrimSuffix(z.Apex, ".") + ".\n" +
		"$TTL 3600\n" +
		"@ IN SOA " + NameServer + ". hostmaster 1 7200 900 1209600 300\n" +
		"@ IN NS " + NameServer + ".\n" +
		strings.Join(z.Records, "\n") + "\n"
}
