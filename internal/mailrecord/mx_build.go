package mailrecord

import (
	"fmt"
)

// BuildMX returns the data of an MX record as zone files have it, with the trailing dot of an
// absolute name: "10 mx.example.com.". The host "." is the null MX of a domain that receives no
// mail.
func BuildMX(preference uint16, host string) (string, error) {
	if host == "." {
		return MX{Preference: preference}.String(), nil
	}
	ascii, err := ASCIIHost(host)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %s.", preference, ascii), nil
}
