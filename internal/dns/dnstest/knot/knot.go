// Package knot runs Knot DNS's knotd, of version 3.2 or later.
package knot

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
)

// Program is knotd.
var Program = nameserver.Program{
	Name: "Knot DNS", File: "knotd", Package: "knot",
	Prepare:   prepare,
	PortTaken: "address already in use",
}

// Start runs a server with these zones until the test ends.
func Start(t testing.TB, zones ...nameserver.Zone) *nameserver.Server {
	t.Helper()
	return Program.Start(t, zones...)
}

// head is the configuration without keys and zones. Databases are small, so that many servers fit
// into the memory.
const head = `server:
    rundir: %[1]q
    listen: "%[2]s@%[3]d"
    udp-workers: 1
    tcp-workers: 2
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: %[1]q
    journal-db-max-size: 64M
    kasp-db-max-size: 16M
    timer-db-max-size: 16M
    catalog-db-max-size: 16M
`

// lists are the access rules, and how zones are signed.
const lists = `acl:
  - id: updater
    key: %[1]q
    action: [transfer, update]
  - id: writer
    key: %[2]q
    action: update
  - id: reader
    key: %[3]q
    action: transfer
  - id: unsigned-all
    address: %[4]s
    action: [transfer, update]
  - id: unsigned-updates
    address: %[4]s
    action: update
policy:
  - id: own
    single-type-signing: on
    algorithm: ecdsap256sha256
template:
  - id: default
    storage: %[5]q
    zonefile-sync: -1
`

// prepare writes the configuration and the zones' files.
func prepare(s *nameserver.Server, zones []nameserver.Zone) ([]string, error) {
	var conf strings.Builder
	fmt.Fprintf(&conf, head, s.Dir, s.Host, s.Port)
	conf.WriteString("key:\n")
	for _, key := range s.Keys() {
		fmt.Fprintf(&conf, "  - id: %q\n    algorithm: %s\n    secret: %q\n", key.Name, key.Algorithm, key.Secret)
	}
	fmt.Fprintf(&conf, lists, s.Updater.Name, s.Writer.Name, s.Reader.Name, s.Host, s.Dir)
	conf.WriteString("zone:\n")
	for i, zone := range zones {
		file := fmt.Sprintf("zone%d.zone", i)
		if err := os.WriteFile(filepath.Join(s.Dir, file), []byte(zone.Text()), 0o600); err != nil {
			return nil, err
		}
		fmt.Fprintf(&conf, "  - domain: %q\n    file: %q\n    acl: [%s]\n", zone.Apex, file, access(zone.Access))
		switch zone.Kind {
		case nameserver.Plain:
		case nameserver.Signed:
			conf.WriteString("    dnssec-signing: on\n    dnssec-policy: own\n")
		default:
			return nil, fmt.Errorf("zone %s: Knot DNS does not have this kind of zone", zone.Apex)
		}
	}
	file := filepath.Join(s.Dir, "knot.conf")
	return []string{"-c", file}, os.WriteFile(file, []byte(conf.String()), 0o600)
}

// access returns the access rules of a zone.
func access(a nameserver.Access) string {
	rules := "updater, writer, reader"
	switch a {
	case nameserver.Unsigned:
		rules += ", unsigned-all"
	case nameserver.UnsignedUpdates:
		rules += ", unsigned-updates"
	}
	return rules
}
