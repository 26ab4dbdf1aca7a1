package rfc2136api_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136api"
)

// A name server that has the secret of the TSIG key, and sends it back in every text that its
// answers have, is not quoted.
func TestNoNameServerIsQuoted(t *testing.T) {
	secret := base64.StdEncoding.EncodeToString([]byte("a secret of a TSIG key"))
	handler := miekg.HandlerFunc(func(w miekg.ResponseWriter, r *miekg.Msg) {
		m := new(miekg.Msg).SetRcode(r, miekg.RcodeRefused)
		m.Extra = append(m.Extra, &miekg.TXT{Hdr: miekg.RR_Header{Name: r.Question[0].Name, Rrtype: miekg.TypeTXT, Class: miekg.ClassINET}, Txt: []string{secret}})
		_ = w.WriteMsg(m)
	})
	ready := make(chan struct{})
	server := &miekg.Server{Addr: "127.0.0.1:0", Net: "tcp", Handler: handler, NotifyStartedFunc: func() { close(ready) }}
	done := make(chan error, 1)
	go func() { done <- server.ListenAndServe() }()
	<-ready
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	var number int
	if _, err := fmt.Sscan(port, &number); err != nil {
		t.Fatal(err)
	}
	host, err := rfc2136api.New(rfc2136api.Config{Server: "127.0.0.1", Port: number, KeyName: "key", KeySecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	for n, call := range apitest.HostCalls(host) {
		err := call(t.Context())
		if err == nil {
			t.Errorf("call %d: no error", n)
		}
		apitest.CheckError(t, fmt.Sprintf("call %d", n), err, secret)
	}
}
