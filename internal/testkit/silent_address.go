package testkit

import (
	"net"
	"testing"
)

// SilentAddress returns an address, "host:port", at which nobody answers.
func SilentAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // only its address is needed
	return listener.Addr().String()
}
