package dns

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"
)

// isDNSType reports whether the DNS has a record type: by its own name, or by the name that RFC
// 3597 section 5 gives to types that the library does not know, such as TYPE65280.
func isDNSType(recordType string) bool {
	if _, known := miekg.StringToType[recordType]; known {
		return true
	}
	number, found := strings.CutPrefix(recordType, "TYPE")
	_, err := strconv.ParseUint(number, 10, 16)
	return found && err == nil
}

// spare is added to the length that the library calculates for a record, in bytes.
const spare = 64

// Wire writes a record into a message, reads it back and returns it. Its fields then have the one
// form that the library gives them, however they were typed: hexadecimal digits in one case,
// numbers without leading zeros, base64 without spaces. Names keep their case. If the data does not
// fit into a message, the error continues a sentence.
func Wire(rr miekg.RR) (miekg.RR, error) {
	buffer := make([]byte, miekg.Len(rr)+spare)
	n, err := miekg.PackRR(rr, buffer, 0, nil, false)
	if err != nil {
		return nil, fmt.Errorf("it cannot be written into a DNS message: %w", err)
	}
	back, _, err := miekg.UnpackRR(buffer[:n], 0)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read from a DNS message: %w", err)
	}
	escapeOctets(back)
	return back, nil
}

// escapeOctets doubles backslashes in the values of CAA and URI records. The library reads these
// from the wire as they are, but prints them as if they were escaped.
func escapeOctets(rr miekg.RR) {
	switch rr := rr.(type) {
	case *miekg.CAA:
		rr.Value = strings.ReplaceAll(rr.Value, `\`, `\\`)
	case *miekg.URI:
		rr.Target = strings.ReplaceAll(rr.Target, `\`, `\\`)
	}
}

// presentation returns the data of a record from [Wire] in presentation format. Names in it are
// absolute and in lower case, because the DNS ignores their case (RFC 4343).
func presentation(rr miekg.RR) string {
	rr = miekg.Copy(rr)
	lowerNames(rr)
	return data(rr)
}

// data returns what follows the type in a record's presentation format.
func data(rr miekg.RR) string {
	if unknown, ok := rr.(*miekg.RFC3597); ok {
		// The library prints the header of an unknown type in another form.
		return fmt.Sprintf(`\# %d %s`, len(unknown.Rdata)/2, strings.ToLower(unknown.Rdata))
	}
	return strings.TrimPrefix(rr.String(), rr.Header().String())
}

// lowerNames changes the names in a record's data to lower case. The library's struct tags tell
// which fields are names.
func lowerNames(rr miekg.RR) { lowerFields(reflect.ValueOf(rr).Elem()) }

func lowerFields(record reflect.Value) {
	for i := range record.NumField() {
		field, description := record.Field(i), record.Type().Field(i)
		if description.Anonymous {
			lowerFields(field) // HTTPS is an SVCB, CDS is a DS
			continue
		}
		switch description.Tag.Get("dns") {
		case "domain-name", "cdomain-name", "ipsechost", "amtrelayhost":
		default:
			continue
		}
		if field.Kind() == reflect.String {
			field.SetString(strings.ToLower(field.String()))
			continue
		}
		for j := range field.Len() { // HIP has a list of servers
			name := field.Index(j)
			name.SetString(strings.ToLower(name.String()))
		}
	}
}
