package testkit

import (
	"net"
	"testing"
)

// SilentAddress is one at which nobody answers DNS.
func SilentAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // it is its address that counts
	return listener.Addr().String()
}
