package sandbox

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// access says how to reach a running sandbox, with text to copy. All credentials are invented.
type access struct {
	// BaseURL is the address of the sandbox's HTTP server, without a slash at the end.
	BaseURL string
	// DNS is the address of its DNS server, "host:port".
	DNS string
	// Block is a provider block with everything.
	Block string
	// Environment are shell commands that set the variables that the provider reads. ShortBlock is
	// the provider block to use with them: it has what no variable sets.
	Environment, ShortBlock string
	// FileBlock is a provider block that uses the sandbox's file itself; empty for a sandbox in
	// memory.
	FileBlock string
}

// Attributes returns the provider's block for a service, with which the provider uses the simulation
// at an address.
func (s *Sandbox) Attributes(service string, at Address) ([]Attribute, error) {
	m, err := s.service(service)
	if err != nil {
		return nil, err
	}
	if m.Attributes == nil {
		return nil, fmt.Errorf("the simulation of %s does not say which block leads to it", service)
	}
	return m.Attributes(at), nil
}

// accessAt returns how to reach the sandbox at a base URL and a DNS server.
func (s *Sandbox) accessAt(base, dns string) (access, error) {
	at, err := ParseAddress(base, dns)
	if err != nil {
		return access{}, err
	}
	a := access{BaseURL: base, DNS: dns}
	resolvers := fmt.Sprintf("  dns_resolvers = [%s]\n", quoteHCL(dns))
	var all, short, environment strings.Builder
	for _, m := range s.services {
		if m.Attributes == nil {
			continue
		}
		attributes := m.Attributes(Address{URL: base + "/" + m.name, DNSHost: at.DNSHost, DNSPort: at.DNSPort})
		if needsInsecureHTTP(attributes) {
			attributes = append(attributes, Attribute{Name: "allow_insecure_http", Value: "true", Number: true})
		}
		writeBlock(&all, m.name, attributes)
		var unnamed []Attribute
		for _, attribute := range attributes {
			if attribute.Variable == "" {
				unnamed = append(unnamed, attribute)
				continue
			}
			fmt.Fprintf(&environment, "export %s=%s\n", attribute.Variable, quoteShell(attribute.Value))
		}
		writeBlock(&short, m.name, unnamed)
	}
	a.Block = "provider \"postmaster\" {\n" + resolvers + all.String() + "}\n"
	a.ShortBlock = "provider \"postmaster\" {\n" + resolvers + short.String() + "}\n"
	a.Environment = environment.String()
	if s.file != "" {
		a.FileBlock = "provider \"postmaster\" {\n  sandbox = { path = " + quoteHCL(s.file) + " }\n}\n"
	}
	return a, nil
}

// accessFor returns how to reach the sandbox at the host that a request was sent to.
func (s *Sandbox) accessFor(r *http.Request) (access, error) {
	s.mu.Lock()
	dns := s.served
	s.mu.Unlock()
	if dns == "" {
		var err error
		if dns, err = s.DNSAddr(); err != nil {
			return access{}, err
		}
	}
	host, port, err := net.SplitHostPort(dns)
	if err != nil {
		return access{}, err
	}
	// A server at all addresses is reached at the one that the client knows.
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		dns = net.JoinHostPort((&url.URL{Host: r.Host}).Hostname(), port)
	}
	return s.accessAt("http://"+r.Host, dns)
}

func writeBlock(to *strings.Builder, service string, attributes []Attribute) {
	if len(attributes) == 0 {
		return
	}
	width := 0
	for _, a := range attributes {
		width = max(width, len(a.Name))
	}
	fmt.Fprintf(to, "\n  %s = {\n", service)
	for _, a := range attributes {
		value := a.Value
		if !a.Number {
			value = quoteHCL(value)
		}
		fmt.Fprintf(to, "    %-*s = %s\n", width, a.Name, value)
	}
	to.WriteString("  }\n")
}

// needsInsecureHTTP reports whether the provider refuses a URL among the values unless it is allowed
// to use plain HTTP.
func needsInsecureHTTP(attributes []Attribute) bool {
	for _, a := range attributes {
		u, err := url.Parse(a.Value)
		if err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
			return true
		}
	}
	return false
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// quoteHCL writes a text as a literal of HCL without interpolation.
func quoteHCL(text string) string {
	quoted := strconv.Quote(text)
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(quoted)
}

// quoteShell writes a text as one word of a POSIX shell.
func quoteShell(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
