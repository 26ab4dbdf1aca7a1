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

	s.mu.Lock()
	s.served = names.Addr()
	s.mu.Unlock()
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	if err := s.announce(out, host, listener.Addr().String(), names.Addr(), hosts.listener.Addr().String()); err != nil {
		return err
	}
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

// announce writes, for people, the addresses of the sandbox and how to use it.
func (s *Sandbox) announce(out io.Writer, host, web, names, hosts string) error {
	fmt.Fprintf(out, "The sandbox is ready; nothing real is touched. Interrupt it to stop.\n\n")
	s.listServices(out, "http://"+web)
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)
	fmt.Fprintf(table, "DNS\t%s\tUDP and TCP\n", names)
	fmt.Fprintf(table, "TLS\t%s\tany host, by server name; trust http://%s%sca.pem\n", hosts, web, controlPrefix)
	for _, apex := range slices.Sorted(maps.Keys(s.DefaultZones())) {
		fmt.Fprintf(table, "zone\t%s\tat %s\n", apex, s.DefaultZones()[apex])
	}
	table.Flush() //nolint:errcheck // a closed terminal is no reason to stop
	fmt.Fprintln(out)
	a, err := s.accessAt("http://"+reachable(web), reachable(names))
	if err != nil {
		return err
	}
	a.write(out)
	if !isLoopback(host) {
		fmt.Fprintf(out, "Warning: %q is not a loopback address. Whoever reaches it can read and change everything in this sandbox.\n\n", host)
	}
	web = reachable(web)
	table = tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)
	fmt.Fprintf(table, "page\thttp://%s/\tshows what is in the sandbox\n", web)
	fmt.Fprintf(table, "control\thttp://%s%s\tsays how to fill it, empty it, and make it slow or broken\n", web, controlPrefix)
	table.Flush() //nolint:errcheck // as above
	return nil
}

// reachable returns an address of this machine at which a server that listens at all addresses
// answers, and any other address as it is.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}
