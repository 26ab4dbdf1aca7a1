package sandbox

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// policiesSection has the texts of the MTA-STS policies that were put, by domain.
const policiesSection = "policies"

// The place of an MTA-STS policy (RFC 8461 section 3.2).
const (
	policyLabel = "mta-sts."
	policyPath  = "/.well-known/mta-sts.txt"
)

// PutPolicy has the host mta-sts of a domain serve a text as the domain's MTA-STS policy, with a valid
// certificate. The text is served as it is, so that broken ones can be tried too. The host's address and
// the record of the policy are up to whoever edits the domain's zone.
func (s *Sandbox) PutPolicy(domain, text string) error {
	name, err := dns.Canonical(domain)
	if err != nil {
		return fmt.Errorf("the policy of %q: %w", domain, err)
	}
	return store.Update(s.store, policiesSection, func(policies *map[string]string) error {
		if *policies == nil {
			*policies = map[string]string{}
		}
		(*policies)[name] = text
		return nil
	})
}

// DeletePolicy removes the policy of a domain, and reports whether there was one.
func (s *Sandbox) DeletePolicy(domain string) (found bool, err error) {
	name, err := dns.Canonical(domain)
	if err != nil {
		return false, fmt.Errorf("the policy of %q: %w", domain, err)
	}
	err = store.Update(s.store, policiesSection, func(policies *map[string]string) error {
		_, found = (*policies)[name]
		delete(*policies, name)
		return nil
	})
	return found, err
}

// policyAt returns the policy that a host serves.
func (s *Sandbox) policyAt(host string) (text string, found bool, err error) {
	domain, is := strings.CutPrefix(dns.FoldName(host), policyLabel)
	if !is {
		return "", false, nil
	}
	err = store.View(s.store, policiesSection, func(policies *map[string]string) error {
		text, found = (*policies)[domain]
		return nil
	})
	return text, found, err
}

func (s *Sandbox) putPolicy(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, controlLimit))
	if err == nil {
		err = s.PutPolicy(r.PathValue("domain"), string(text))
	}
	answerChange(w, err)
}

func (s *Sandbox) deletePolicy(w http.ResponseWriter, r *http.Request) {
	domain := r.PathValue("domain")
	found, err := s.DeletePolicy(domain)
	if err == nil && !found {
		http.Error(w, fmt.Sprintf("there is no policy of %s", domain), http.StatusNotFound)
		return
	}
	answerChange(w, err)
}

// talkHTTP answers one request. A host has a front page. It has no other file but an MTA-STS policy that
// somebody has put there.
func (s *Sandbox) talkHTTP(conn net.Conn, _ *tls.Config) error {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return err
	}
	host := request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	text, status := "This simulated host has no such file.\n", http.StatusNotFound
	switch request.URL.Path {
	case "/":
		text, status = "This is a simulated host.\n", http.StatusOK
	case policyPath:
		policy, found, err := s.policyAt(host)
		if err != nil {
			return err
		}
		if found {
			text, status = policy, http.StatusOK
		}
	}
	answer := http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Request: request, Close: true,
		Header:        http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		ContentLength: int64(len(text)), Body: io.NopCloser(strings.NewReader(text)),
	}
	return answer.Write(conn)
}
