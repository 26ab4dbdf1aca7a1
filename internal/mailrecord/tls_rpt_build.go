package mailrecord

import (
	"errors"
	"strings"
)

// BuildTLSRPT builds a TLS-RPT record (RFC 8460 section 3), the TXT at _smtp._tls.DOMAIN, by which
// senders report failures of TLS to mailto: and https: URIs.
func BuildTLSRPT(uris []string) (string, error) {
	if len(uris) == 0 {
		return "", errors.New("no address is given for the reports")
	}
	var wrong faults
	built := buildReportURIs("rua", uris, &wrong, "mailto", "https")
	if err := wrong.err(); err != nil {
		return "", err
	}
	return textKinds[TLSRPTText].version + "; rua=" + strings.Join(built, ","), nil
}
