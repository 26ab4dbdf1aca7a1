// Package powerdns runs PowerDNS's authoritative server, pdns_server, of version 4.7 or later, with
// its zones in an SQLite database.
package powerdns

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
)

// Program is pdns_server.
var Program = nameserver.Program{
	Name: "PowerDNS", File: "pdns_server", Package: "pdns-server pdns-backend-sqlite3 sqlite3",
	Prepare:   prepare,
	PortTaken: "Address already in use",
}

// Start runs a server with these zones until the test ends.
func Start(t testing.TB, zones ...nameserver.Zone) *nameserver.Server {
	t.Helper()
	return Program.Start(t, zones...)
}

// schema is the file of Debian's package with the tables of the database.
const schema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"

// configuration does not set allow-axfr-ips: by default, this machine may transfer every zone
// without a key.
const configuration = `launch=gsqlite3
gsqlite3-database=%[1]s
gsqlite3-dnssec=yes
gsqlite3-pragma-synchronous=0
gsqlite3-pragma-journal-mode=WAL
local-address=%[2]s
local-port=%[3]d
socket-dir=%[4]s
daemon=no
guardian=no
receiver-threads=1
distributor-threads=1
dnsupdate=yes
allow-dnsupdate-from=
allow-axfr-ips=
security-poll-suffix=
zone-cache-refresh-interval=0
loglevel=4
`

// prepare writes the configuration, and the zones into a database.
func prepare(s *nameserver.Server, zones []nameserver.Zone) ([]string, error) {
	database := filepath.Join(s.Dir, "pdns.db")
	conf := fmt.Sprintf(configuration, database, s.Host, s.Port, s.Dir)
	if err := os.WriteFile(filepath.Join(s.Dir, "pdns.conf"), []byte(conf), 0o600); err != nil {
		return nil, err
	}
	args := []string{"--config-dir=" + s.Dir}
	if _, err := os.Stat(database); err == nil {
		return args, nil // only the port is another one than before
	}
	tables, err := os.ReadFile(schema)
	if err != nil {
		return nil, fmt.Errorf("the tables of PowerDNS's database: %w", err)
	}
	content, err := statements(s, zones)
	if err != nil {
		return nil, err
	}
	if err := run("sqlite3", []string{"-bail", database}, slices.Concat(tables, []byte(content))); err != nil {
		return nil, err
	}
	return args, sign(s.Dir, zones)
}

// SQL runs SQL statements on the server's database, like an operator who edits zones there.
func SQL(s *nameserver.Server, statements string) error {
	return run("sqlite3", []string{"-bail", "-cmd", ".timeout 5000", filepath.Join(s.Dir, "pdns.db")}, []byte(statements))
}

// statements fill the database.
func statements(s *nameserver.Server, zones []nameserver.Zone) (string, error) {
	var sql strings.Builder
	sql.WriteString("BEGIN;\n")
	for _, key := range s.Keys() {
		fmt.Fprintf(&sql, "INSERT INTO tsigkeys (name, algorithm, secret) VALUES (%s, %s, %s);\n", quote(key.Name), quote(key.Algorithm), quote(key.Secret))
	}
	for i, zone := range zones {
		id := i + 1
		fmt.Fprintf(&sql, "INSERT INTO domains (id, name, type) VALUES (%d, %s, 'NATIVE');\n", id, quote(zone.Apex))
		for _, m := range metadata(s, zone.Access) {
			fmt.Fprintf(&sql, "INSERT INTO domainmetadata (domain_id, kind, content) VALUES (%d, %s, %s);\n", id, quote(m.kind), quote(m.content))
		}
		parser := dns.NewZoneParser(strings.NewReader(zone.Text()), "", "")
		for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
			sql.WriteString(Insert(id, rr))
		}
		if err := parser.Err(); err != nil {
			return "", fmt.Errorf("zone %s: %w", zone.Apex, err)
		}
	}
	sql.WriteString("COMMIT;\n")
	return sql.String(), nil
}

// Insert returns the statement that adds a record to a zone. Zones are counted from 1, in the order
// in which the server got them. Names in the data keep their case.
func Insert(zone int, rr dns.RR) string {
	h := rr.Header()
	recordType := dns.Type(h.Rrtype).String()
	content := strings.TrimPrefix(rr.String(), h.String())
	switch rr := rr.(type) {
	case *dns.MX:
		content = fmt.Sprintf("%d %s", rr.Preference, undotted(rr.Mx))
	case *dns.CNAME, *dns.NS, *dns.PTR, *dns.DNAME, *dns.SRV:
		content = undotted(content)
	case *dns.SOA:
		content = fmt.Sprintf("%s %s %d %d %d %d %d", undotted(rr.Ns), undotted(rr.Mbox), rr.Serial, rr.Refresh, rr.Retry, rr.Expire, rr.Minttl)
	case *dns.RFC3597:
		content = fmt.Sprintf(`\# %d %s`, len(rr.Rdata)/2, rr.Rdata)
	}
	return fmt.Sprintf("INSERT INTO records (domain_id, name, type, content, ttl, prio, disabled, auth) VALUES (%d, %s, %s, %s, %d, %d, 0, 1);\n",
		zone, quote(strings.ToLower(undotted(h.Name))), quote(recordType), quote(priority(rr, content)), h.Ttl, prio(rr))
}

// priority returns the data as it is stored in the database. The first number of MX and SRV records
// has a column of its own.
func priority(rr dns.RR, content string) string {
	switch rr.(type) {
	case *dns.MX, *dns.SRV:
		_, rest, _ := strings.Cut(content, " ")
		return rest
	}
	return content
}

func prio(rr dns.RR) uint16 {
	switch rr := rr.(type) {
	case *dns.MX:
		return rr.Preference
	case *dns.SRV:
		return rr.Priority
	}
	return 0
}

type setting struct{ kind, content string }

// metadata returns the access settings of a zone.
func metadata(s *nameserver.Server, access nameserver.Access) []setting {
	settings := []setting{
		{"TSIG-ALLOW-AXFR", s.Updater.Name},
		{"TSIG-ALLOW-AXFR", s.Reader.Name},
		{"ALLOW-DNSUPDATE-FROM", "127.0.0.0/8"},
	}
	switch access {
	case nameserver.Keys:
		return append(settings, setting{"TSIG-ALLOW-DNSUPDATE", s.Updater.Name}, setting{"TSIG-ALLOW-DNSUPDATE", s.Writer.Name})
	case nameserver.Unsigned:
		settings = append(settings, setting{"ALLOW-AXFR-FROM", "127.0.0.0/8"})
	}
	return settings
}

// sign has PowerDNS sign the zones that should be signed, and completes all zones.
func sign(dir string, zones []nameserver.Zone) error {
	args := []string{"--config-dir=" + dir, "secure-zone"}
	unsigned := len(args)
	for _, zone := range zones {
		switch zone.Kind {
		case nameserver.Plain:
		case nameserver.Signed:
			args = append(args, zone.Apex)
		default:
			return fmt.Errorf("zone %s: PowerDNS does not have this kind of zone", zone.Apex)
		}
	}
	if len(args) > unsigned {
		if err := run("pdnsutil", args, nil); err != nil {
			return err
		}
	}
	// This adds the names that exist only because of names below them.
	return run("pdnsutil", []string{"--config-dir=" + dir, "rectify-all-zones"}, nil)
}

// run runs a program to its end. If it fails, the error contains its output.
func run(program string, args []string, input []byte) error {
	command := exec.Command(program, args...)
	command.Stdin = bytes.NewReader(input)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, output)
	}
	return nil
}

func undotted(name string) string {
	if name == "." {
		return name
	}
	return strings.TrimSuffix(name, ".")
}

// quote returns a literal of SQL.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
