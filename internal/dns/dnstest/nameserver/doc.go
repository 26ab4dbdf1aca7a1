// Package nameserver runs real name servers on loopback ports: primary servers, with zones that
// take dynamic updates (RFC 2136). Packages bind, knot and powerdns say how each program is
// configured and started.
//
// The programs are those of Debian 12 or newer ones. They have to be in PATH or where the packages
// put them. A server that cannot be started is an error.
package nameserver
