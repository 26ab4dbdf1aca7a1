package cloudflaresim

import (
	"fmt"
	"strings"
)

// export is GET /zones/ZONE/dns_records/export
// (https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/export/): the
// records as a zone file. An automatic TTL is 1 there. Records behind the proxy have the content that
// they were given.
func (s *Service) export(c *call) (answer, error) {
	var file strings.Builder
	err := s.view(func(st *State) error {
		z, err := c.visible(st, permissionDNSRead)
		if err != nil {
			return err
		}
		fmt.Fprintf(&file, ";;\n;; Domain:     %s.\n;;\n$ORIGIN %s.\n", z.Name, z.Name)
		for _, r := range z.Records {
			rr, err := r.rr(automaticTTL)
			if err != nil {
				return err
			}
			file.WriteString(rr.String() + "\n")
		}
		return nil
	})
	if err != nil {
		return answer{}, err
	}
	text := file.String()
	return answer{text: &text}, nil
}
