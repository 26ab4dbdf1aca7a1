// Package rfc2136sim simulates a primary name server that takes dynamic updates (RFC 2136) and zone
// transfers (RFC 5936) signed with TSIG, as BIND 9 does with an update-policy.
//
// Messages come through the sandbox's DNS server, whose [dnsserver.Primary] is the service.
// Conditions and observers see each message as an HTTP call with the method UPDATE or AXFR and the
// zone as its path, such as "/example.com". A fault with an HTTP error makes the answer SERVFAIL;
// one that cuts the connection leaves the client without an answer.
package rfc2136sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// The keys that the server knows, all of them invented. The secrets are base64.
const (
	Algorithm = "hmac-sha256"

	// KeyName may transfer and update all zones.
	KeyName   = "postmaster.sandbox"
	KeySecret = "c2FuZGJveC1zZWNyZXQtdGhhdC1pcy1ub3QtYS1zZWNyZXQ="
	// ReadOnlyKeyName may transfer zones; no policy grants it any update.
	ReadOnlyKeyName   = "reader.sandbox"
	ReadOnlyKeySecret = "c2FuZGJveC1yZWFkZXItdGhhdC1pcy1ub3QtYS1zZWNyZXQ="
)

// SwitchNoTransfers makes the server refuse all zone transfers.
const SwitchNoTransfers = "no_transfers"

// SwitchPowerDNS makes the server behave like PowerDNS 4.7 where that differs from BIND: see
// powerdns.go.
const SwitchPowerDNS = "powerdns"

// nameServers are the name servers of a new zone.
var nameServers = []string{"ns1.nameserver.example.", "ns2.nameserver.example."}

// Config is what a [Service] needs.
type Config struct {
	// Store keeps the zones, in the section [Section].
	Store *store.Store
	// Conditions returns the current switches. nil: there are none.
	Conditions func() fault.Conditions
}

// Service is the simulated server. All state is in the store, so all services on one store, even in
// several processes, are one server.
type Service struct {
	store      *store.Store
	conditions func() fault.Conditions
	parsed     parsedZones
}

// New returns the server whose zones are in the store of the configuration.
func New(config Config) *Service {
	s := &Service{store: config.Store, conditions: config.Conditions}
	if s.conditions == nil {
		s.conditions = func() fault.Conditions { return fault.Conditions{} }
	}
	return s
}

// Name returns "rfc2136", the name of the service in conditions.
func (s *Service) Name() string { return Section }

// transaction is one DNS message on its way through HTTP handlers.
type transaction struct {
	query *miekg.Msg
	key   string
	reply *miekg.Msg
	err   error
}

type transactionKey struct{}

// ServeHTTP carries out the transaction that a [Primary] has put into the request. To all other
// requests it says that the service does not speak HTTP.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t, ok := r.Context().Value(transactionKey{}).(*transaction)
	if !ok {
		http.Error(w, "This service speaks DNS: send signed updates and transfers to the sandbox's DNS server.", http.StatusNotFound)
		return
	}
	t.reply, t.err = s.transact(t.query, t.key)
}

// Primary returns the receiver of the DNS server's transactions. Each goes through handler, which
// leads to the service itself.
func (s *Service) Primary(handler http.Handler) Primary { return Primary{handler: handler} }

// Primary implements [dnsserver.Primary].
type Primary struct{ handler http.Handler }

// Keys returns the keys that the server knows.
func (p Primary) Keys() []dnsserver.Key {
	return []dnsserver.Key{
		{Name: KeyName, Algorithm: Algorithm, Secret: KeySecret},
		{Name: ReadOnlyKeyName, Algorithm: Algorithm, Secret: ReadOnlyKeySecret},
	}
}

// Transact implements [dnsserver.Primary].
func (p Primary) Transact(ctx context.Context, query *miekg.Msg, key string) *miekg.Msg {
	method := "UPDATE"
	if query.Opcode == miekg.OpcodeQuery {
		method = "AXFR"
	}
	t := &transaction{query: query, key: key}
	path := "/" + strings.TrimSuffix(miekg.CanonicalName(query.Question[0].Name), ".")
	r, err := http.NewRequestWithContext(context.WithValue(ctx, transactionKey{}, t), method, "http://"+Section+"/", http.NoBody)
	if err != nil {
		return failure(query)
	}
	r.URL.Path = path
	status, answered := p.serve(r)
	switch {
	case !answered:
		return nil
	case status >= http.StatusBadRequest, t.err != nil, t.reply == nil:
		return failure(query)
	}
	return t.reply
}

// serve reports whether the client gets an answer: a handler that panics with http.ErrAbortHandler
// cuts the connection.
func (p Primary) serve(r *http.Request) (status int, answered bool) {
	w := &verdict{status: http.StatusOK}
	defer func() {
		if cut := recover(); cut != nil {
			if err, ok := cut.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(cut)
			}
			answered = false
		}
	}()
	p.handler.ServeHTTP(w, r)
	return w.status, true
}

// verdict is a response of which only the status counts.
type verdict struct {
	header http.Header
	status int
}

func (v *verdict) Header() http.Header {
	if v.header == nil {
		v.header = http.Header{}
	}
	return v.header
}

func (v *verdict) WriteHeader(status int)      { v.status = status }
func (v *verdict) Write(p []byte) (int, error) { return len(p), nil }

func failure(query *miekg.Msg) *miekg.Msg {
	return new(miekg.Msg).SetRcode(query, miekg.RcodeServerFailure)
}

// transact answers a transfer or an update. Its error means that the sandbox itself has failed.
func (s *Service) transact(query *miekg.Msg, key string) (*miekg.Msg, error) {
	if query.Opcode == miekg.OpcodeQuery {
		return s.transfer(query, key)
	}
	return s.update(query, key)
}

func (s *Service) transfer(query *miekg.Msg, key string) (*miekg.Msg, error) {
	zones, err := s.Zones()
	if err != nil {
		return nil, err
	}
	reply := new(miekg.Msg).SetReply(query)
	reply.Authoritative = true
	for _, zone := range zones {
		if miekg.Fqdn(zone.Apex) != miekg.CanonicalName(query.Question[0].Name) {
			continue
		}
		if key == "" || s.conditions().Switches[SwitchNoTransfers] {
			code := miekg.RcodeRefused
			if s.conditions().Switches[SwitchPowerDNS] {
				code = miekg.RcodeNotAuth
			}
			return new(miekg.Msg).SetRcode(query, code), nil
		}
		soa := zone.Records[0] // AddZone puts it there, and nothing removes it
		reply.Answer = append(append(reply.Answer, zone.Records...), soa)
		return reply, nil
	}
	return new(miekg.Msg).SetRcode(query, miekg.RcodeNotAuth), nil
}

// mustRR parses the text of a record that this package has written.
func mustRR(format string, args ...any) miekg.RR {
	rr, err := miekg.NewRR(fmt.Sprintf(format, args...))
	if err != nil {
		panic("sandbox/rfc2136: " + err.Error())
	}
	return rr
}
