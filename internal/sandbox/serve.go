package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// Serve runs the sandbox on real sockets until ctx ends: HTTP at the address ("host:port",
// [Sandbox.Handler]), DNS by UDP and TCP at the next port, and TLS with the certificates of the
// simulated hosts at the port after that; with port 0, all three at free ports. It adds the zones
// of [Sandbox.DefaultZones]. Once all of them accept connections, it writes their addresses to out.
// It returns nil when ctx has ended, or an error that says which of them could not be started.
func (s *Sandbox) Serve(ctx context.Context, address string, out io.Writer) error {
	host, port, err := splitAddress(address)
	if err != nil {
		return err
	}
	next := func(n int) string {
		if port == 0 {
			n = 0
		}
		return net.JoinHostPort(host, strconv.Itoa(port+n))
	}
	if err := s.AddZones(s.DefaultZones()); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", next(0))
	if err != nil {
		return fmt.Errorf("starting the sandbox's HTTP server: %w", err)
	}
	web := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 30 * time.Second}
	defer web.Close() //nolint:errcheck // nothing can be done about sockets that don't close
	names, err := dnsserver.Serve(next(1), s.zones, s.primary)
	if err != nil {
		listener.Close() //nolint:errcheck // nobody has connected yet
		return err
	}
	defer names.Close() //nolint:errcheck // as above
	hosts, err := s.listenAsHost(next(2), protocolHTTPS)
	if err != nil {
		listener.Close() //nolint:errcheck // nobody has connected yet
		return err
	}
	defer hosts.close() //nolint:errcheck // as above

	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	s.announce(out, host, listener.Addr().String(), names.Addr(), hosts.listener.Addr().String())
	select {
	case <-ctx.Done():
		err := web.Close()
		<-failed //nolint:errcheck // it says that the server was closed
		return err
	case err := <-failed:
		return fmt.Errorf("the sandbox's HTTP server: %w", err)
	}
}

func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err == nil && (port < 0 || port > 65533) {
		err = errors.New("the sandbox needs three ports in a row, so the first must be in 0 to 65533")
	}
	if err != nil {
		return "", 0, fmt.Errorf("sandbox address %q, which should be like 127.0.0.1:8053: %w", address, err)
	}
	return host, port, nil
}

// announce writes, for people, the addresses of the sandbox.
func (s *Sandbox) announce(out io.Writer, host, web, names, hosts string) {
	fmt.Fprintf(out, "The sandbox is ready; nothing real is touched. Interrupt it to stop.\n\n")
	s.listServices(out, "http://"+web)
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)
	fmt.Fprintf(table, "DNS\t%s\tUDP and TCP\n", names)
	fmt.Fprintf(table, "TLS\t%s\tany host, by server name; trust http://%s/_sandbox/ca.pem\n", hosts, web)
	for _, apex := range slices.Sorted(maps.Keys(s.DefaultZones())) {
		fmt.Fprintf(table, "zone\t%s\tat %s\n", apex, s.DefaultZones()[apex])
	}
	fmt.Fprintf(table, "control\thttp://%s/\tsays how to make it slow or broken\n", web)
	table.Flush() //nolint:errcheck // a closed terminal is no reason to stop
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		fmt.Fprintf(out, "\nWarning: %q is not a loopback address. Whoever reaches it can read and change everything in this sandbox.\n", host)
	}
}
