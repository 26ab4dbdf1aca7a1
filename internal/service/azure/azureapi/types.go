package azureapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// fields are the fields of a record's data, by the API's names.
type fields map[string]any

// wireType is how the API writes records of one type.
type wireType struct {
	// property is the property of a set that holds its records. A set of a type with single holds one.
	property string
	single   bool
	// readOnly says that this package reads the type and does not write it.
	readOnly bool
	// decode returns the data of a record in presentation format; of TXT the text, of MX the host and
	// the preference.
	decode func(raw json.RawMessage) (value string, preference uint16, err error)
	// encode returns the fields of a record. Its error continues a sentence about the record.
	encode func(r dns.Record) (fields, error)
}

// wireTypes are the types that the API has, apart from SOA.
var wireTypes = map[string]wireType{
	"A":     named("ARecords", "ipv4Address", "A"),
	"AAAA":  named("AAAARecords", "ipv6Address", "AAAA"),
	"CNAME": single(named("CNAMERecord", "cname", "CNAME")),
	"NS":    named("NSRecords", "nsdname", "NS"),
	"PTR":   named("PTRRecords", "ptrdname", "PTR"),
	"TXT":   {property: "TXTRecords", decode: decodeTXT, encode: encodeTXT},
	"MX":    {property: "MXRecords", decode: decodeMX, encode: encodeMX},
	"SRV":   {property: "SRVRecords", decode: decodeSRV, encode: encodeParsed},
	"CAA":   {property: "caaRecords", decode: decodeCAA, encode: encodeParsed},
	"TLSA":  {property: "TLSARecords", decode: decodeTLSA, encode: encodeParsed},
	"DS":    {property: "DSRecords", readOnly: true, decode: decodeDS},
	"NAPTR": {property: "NAPTRRecords", readOnly: true, decode: decodeNAPTR},
}

// writable returns the types that this package writes.
func writable() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(wireTypes)), func(recordType string) bool { return wireTypes[recordType].readOnly })
}

// named is a type with one field, which is the whole data.
func named(property, field, recordType string) wireType {
	return wireType{
		property: property,
		decode: func(raw json.RawMessage) (string, uint16, error) {
			var data map[string]json.RawMessage
			var value string
			if err := json.Unmarshal(raw, &data); err != nil {
				return "", 0, err
			}
			if err := json.Unmarshal(data[field], &value); err != nil || value == "" {
				return "", 0, fmt.Errorf("it has no %s", field)
			}
			return value, 0, nil
		},
		encode: func(r dns.Record) (fields, error) {
			if r.Value == "" || r.Type != recordType {
				return nil, errors.New("the record has no data")
			}
			return fields{field: r.Value}, nil
		},
	}
}

func single(t wireType) wireType {
	t.single = true
	return t
}

func decodeTXT(raw json.RawMessage) (string, uint16, error) {
	var data struct {
		Value *[]string `json:"value"`
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		return "", 0, err
	}
	if data.Value == nil {
		return "", 0, errors.New("it has no value")
	}
	return strings.Join(*data.Value, ""), 0, nil
}

// encodeTXT splits a text into strings, between characters because JSON holds no half ones.
func encodeTXT(r dns.Record) (fields, error) {
	parts := []string{""}
	for _, character := range r.Value {
		last := &parts[len(parts)-1]
		if len(*last)+len(string(character)) > maxString {
			parts = append(parts, "")
			last = &parts[len(parts)-1]
		}
		*last += string(character)
	}
	return fields{"value": parts}, nil
}

func decodeMX(raw json.RawMessage) (string, uint16, error) {
	var data struct {
		Preference uint16 `json:"preference"`
		Exchange   string `json:"exchange"`
	}
	err := json.Unmarshal(raw, &data)
	if err == nil && data.Exchange == "" {
		err = errors.New("it has no exchange")
	}
	return data.Exchange, data.Preference, err
}

func encodeMX(r dns.Record) (fields, error) {
	return fields{"preference": r.Priority, "exchange": r.Value}, nil
}

func decodeSRV(raw json.RawMessage) (string, uint16, error) {
	var data struct {
		Priority, Weight, Port uint16
		Target                 string
	}
	err := json.Unmarshal(raw, &data)
	return fmt.Sprintf("%d %d %d %s", data.Priority, data.Weight, data.Port, miekg.Fqdn(data.Target)), 0, err
}

func decodeCAA(raw json.RawMessage) (string, uint16, error) {
	var data struct {
		Flags uint8
		Tag   string
		Value string
	}
	err := json.Unmarshal(raw, &data)
	return fmt.Sprintf("%d %s %s", data.Flags, data.Tag, mailrecord.QuoteTXT(data.Value)), 0, err
}

func decodeTLSA(raw json.RawMessage) (string, uint16, error) {
	var data struct {
		Usage, Selector, MatchingType uint8
		CertAssociationData           string
	}
	err := json.Unmarshal(raw, &data)
	return fmt.Sprintf("%d %d %d %s", data.Usage, data.Selector, data.MatchingType, data.CertAssociationData), 0, err
}

func decodeDS(raw json.RawMessage) (string, uint16, error) {
	var data struct {
		KeyTag    uint16
		Algorithm uint8
		Digest    struct {
			AlgorithmType uint8
			Value         string
		}
	}
	err := json.Unmarshal(raw, &data)
	return fmt.Sprintf("%d %d %d %s", data.KeyTag, data.Algorithm, data.Digest.AlgorithmType, data.Digest.Value), 0, err
}

func decodeNAPTR(raw json.RawMessage) (string, uint16, error) {
	var data struct {
		Order, Preference       uint16
		Flags, Services, Regexp string
		Replacement             string
	}
	err := json.Unmarshal(raw, &data)
	// The API documents that these fields come in quotes.
	quoted := func(text string) string { return `"` + strings.Trim(text, `"`) + `"` }
	return fmt.Sprintf("%d %d %s %s %s %s", data.Order, data.Preference, quoted(data.Flags), quoted(data.Services), quoted(data.Regexp),
		miekg.Fqdn(data.Replacement)), 0, err
}

// encodeParsed splits data that has several fields.
func encodeParsed(r dns.Record) (fields, error) {
	wrong := errors.New("the value is not the data of such a record in presentation format: correct it")
	rr, err := miekg.NewRR(". 0 IN " + r.Type + " " + r.Value)
	if err != nil {
		return nil, wrong
	}
	switch rr := rr.(type) {
	case *miekg.SRV:
		target := strings.TrimSuffix(rr.Target, ".")
		if target == "" {
			target = "."
		}
		return fields{"priority": rr.Priority, "weight": rr.Weight, "port": rr.Port, "target": target}, nil
	case *miekg.CAA:
		// The library leaves the escapes of the presentation format in the text.
		value, err := mailrecord.UnquoteTXT(`"` + rr.Value + `"`)
		if err != nil {
			return nil, wrong
		}
		return fields{"flags": rr.Flag, "tag": rr.Tag, "value": value}, nil
	case *miekg.TLSA:
		return fields{"usage": rr.Usage, "selector": rr.Selector, "matchingType": rr.MatchingType, "certAssociationData": rr.Certificate}, nil
	}
	return nil, wrong
}
