package cloudflareapi

import (
	"fmt"
	"strings"

	miekg "github.com/miekg/dns"

	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// noTarget is the API's target of a record that names no host, such as an SRV record which says
// that a service is not offered (RFC 2782). The API refuses an empty target.
const noTarget = "."

// srvValue is the data of an SRV record in presentation format. It is read from the fields, because
// the content lacks the priority. The API has shown a record without a target as the target false.
func srvValue(w *wire) (string, bool) {
	target := noTarget
	switch shown := w.Data["target"].(type) {
	case string:
		target = miekg.Fqdn(strings.TrimSuffix(shown, "."))
	case bool:
		if shown {
			return "", false
		}
	default:
		return "", false
	}
	value := ""
	for _, name := range []string{"priority", "weight", "port"} {
		number, ok := w.Data[name].(float64)
		if !ok {
			return "", false
		}
		value += fmt.Sprintf("%d ", int64(number))
	}
	return value + target, true
}

// toData splits the data of a type for which the API wants separate fields. The SDK's encoder has
// no integers of one byte.
func toData(r hosted.Record) (fields, error) {
	rr, err := miekg.NewRR(". 0 IN " + r.Type + " " + r.Value)
	if err != nil {
		return nil, err
	}
	switch rr := rr.(type) {
	case *miekg.CAA:
		// The library leaves the escapes of the presentation format in the text.
		value, err := mailrecord.UnquoteTXT(`"` + rr.Value + `"`)
		if err != nil {
			return nil, err
		}
		return fields{"flags": int(rr.Flag), "tag": rr.Tag, "value": value}, nil
	case *miekg.SRV:
		return fields{"priority": rr.Priority, "weight": rr.Weight, "port": rr.Port, "target": targetOf(rr.Target)}, nil
	case *miekg.TLSA:
		return fields{"usage": int(rr.Usage), "selector": int(rr.Selector), "matching_type": int(rr.MatchingType), "certificate": rr.Certificate}, nil
	}
	return nil, fmt.Errorf("there is no data in %q", r.Value)
}

// targetOf writes a host for the API, without the trailing dot, except the single dot for no host.
func targetOf(host string) string {
	if host == noTarget {
		return noTarget
	}
	return strings.TrimSuffix(host, ".")
}
