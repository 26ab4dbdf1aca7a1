package sandbox

import (
	"context"
	"io"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// LineLimit is the longest line that a simulated host reads.
const LineLimit = lineLimit

// Look is what services look names up with.
func (s *Sandbox) Look(ctx context.Context, name, recordType string) ([]string, error) {
	return s.look(ctx, name, recordType)
}

// ZoneSources is what the DNS server answers from.
func (s *Sandbox) ZoneSources() dnsserver.Source { return s.zones }

// Announce says where the services are.
func (s *Sandbox) Announce(out io.Writer, host, web, names, hosts string) {
	s.announce(out, host, web, names, hosts)
}

// DefaultTTL is the TTL of zone-file lines before the first that gives one.
const DefaultTTL = defaultTTL

// ErrClosed is what a sandbox that is closed says.
var ErrClosed = errClosed
