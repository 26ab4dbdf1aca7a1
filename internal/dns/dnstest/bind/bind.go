// Package bind runs BIND's named, of version 9.18 or later.
package bind

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
)

// Program is named.
var Program = nameserver.Program{
	Name: "BIND", File: "named", Package: "bind9",
	Prepare:   prepare,
	Copied:    true,
	PortTaken: "unable to listen on any configured interfaces",
}

// Start runs a server with these zones until the test ends.
func Start(t testing.TB, zones ...nameserver.Zone) *nameserver.Server {
	t.Helper()
	return Program.Start(t, zones...)
}

// policy is how zones are signed. It is BIND's default policy without its limit of a day for TTLs:
// that one silently lowers longer TTLs.
const policy = "unlimited"

// prepare writes the configuration and the zones' files.
func prepare(s *nameserver.Server, zones []nameserver.Zone) ([]string, error) {
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
`, s.Dir, s.Port, s.Host, s.Updater.Name, s.Reader.Name, policy)
	for _, key := range s.Keys() {
		fmt.Fprintf(&conf, "key %q { algorithm %s; secret %q; };\n", key.Name, key.Algorithm, key.Secret)
	}
	for i, zone := range zones {
		file := fmt.Sprintf("zone%d.db", i)
		if err := os.WriteFile(filepath.Join(s.Dir, file), []byte(zone.Text()), 0o600); err != nil {
			return nil, err
		}
		fmt.Fprintf(&conf, "zone %q {\n\ttype primary;\n\tfile %q;\n%s", zone.Apex, file, access(s, zone))
		switch zone.Kind {
		case nameserver.Plain:
		case nameserver.Signed:
			fmt.Fprintf(&conf, "\tdnssec-policy %q;\n\tinline-signing no;\n", policy)
		case nameserver.InlineSigned:
			fmt.Fprintf(&conf, "\tdnssec-policy %q;\n\tinline-signing yes;\n", policy)
		}
		conf.WriteString("};\n")
	}
	file := filepath.Join(s.Dir, "named.conf")
	return []string{"-g", "-n", "2", "-c", file}, os.WriteFile(file, []byte(conf.String()), 0o600)
}

// access returns the statements that say who may transfer and update a zone.
func access(s *nameserver.Server, zone nameserver.Zone) string {
	switch {
	case zone.Policy != "":
		return fmt.Sprintf("\tupdate-policy { %s };\n", zone.Policy)
	case zone.Access == nameserver.Unsigned:
		return "\tallow-update { 127.0.0.1; };\n\tallow-transfer { 127.0.0.1; };\n"
	case zone.Access == nameserver.UnsignedUpdates:
		return "\tallow-update { 127.0.0.1; };\n"
	}
	return fmt.Sprintf("\tallow-update { key %q; key %q; };\n", s.Updater.Name, s.Writer.Name)
}
