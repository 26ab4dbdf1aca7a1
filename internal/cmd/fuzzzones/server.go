package main

import (
	"context"
	"errors"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/bind"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/knot"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/powerdns"
)

// programs are the name servers that run beside this program.
var programs = map[string]nameserver.Program{"bind": bind.Program, "knot": knot.Program, "powerdns": powerdns.Program}

// servers are their names.
var servers = []string{"bind", "knot", "powerdns"}

// openHost makes a world of its own with a zone at a host.
func openHost(ctx context.Context, title string) (*zoneHost, error) {
	if !slices.Contains(servers, title) {
		return openSimulated(ctx, title)
	}
	box, err := newSandbox()
	if err != nil {
		return nil, err
	}
	resolver, err := box.DNSAddr()
	if err != nil {
		return nil, errors.Join(err, box.Close())
	}
	server, err := programs[title].Run(nameserver.Zone{Apex: apex})
	if err != nil {
		return nil, errors.Join(err, box.Close())
	}
	key := server.Updater
	h := &zoneHost{name: "rfc2136", title: title, close: func() error { return errors.Join(server.Stop(), box.Close()) }}
	serveNames(h, server.Addr(), resolver, key.Name, key.Algorithm, key.Secret)
	if err := h.find(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}
