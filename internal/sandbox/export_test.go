package sandbox

import (
	"context"
	"io"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// LineLimit is the longest line that a simulated host reads.
const LineLimit = lineLimit

// Look is the lookup that services use.
func (s *Sandbox) Look(ctx context.Context, name, recordType string) ([]string, error) {
	return s.look(ctx, name, recordType)
}

// ZoneSources is the source of the DNS server.
func (s *Sandbox) ZoneSources() dnsserver.Source { return s.zones }

// Announce writes the addresses of the services.
func (s *Sandbox) Announce(out io.Writer, host, web, names, hosts string) error {
	return s.announce(out, host, web, names, hosts)
}

// DefaultTTL is the TTL of zone-file lines before the first that gives one.
const DefaultTTL = defaultTTL

// ErrClosed is the error of a closed sandbox.
var ErrClosed = errClosed
