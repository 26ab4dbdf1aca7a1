package function

import (
	"errors"
	"fmt"
	"math"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var txtChunks = definition{
	name:    "txt_chunks",
	summary: "Splits a text into the strings of a TXT record",
	description: "Splits a text into the strings of a TXT record, each of at most 255 bytes, for providers that take a list of strings. Receivers join the strings with nothing in between. " +
		"`postmaster_dns_records` does this by itself.\n\n" +
		"The resource `aws_route53_record` puts quotes around the whole text. Give it `join(\"\\\"\\\"\", provider::postmaster::txt_chunks(text))`.",
	parameters: []function.Parameter{stringParameter("text", "The text, without quotes and escapes.")},
	result:     function.ListReturn{ElementType: types.StringType},
	run: func(a *arguments) attr.Value {
		text := a.text(0)
		if a.stop() {
			return nil
		}
		var chunks []attr.Value
		for _, chunk := range mailrecord.SplitTXT(text) {
			chunks = append(chunks, types.StringValue(chunk))
		}
		return types.ListValueMust(types.StringType, chunks)
	},
}

var txtQuoted = definition{
	name:    "txt_quoted",
	summary: "Writes a text as the value of a TXT record in zone files",
	description: "Writes a text as zone files and the API of Route 53 have the value of a TXT record: in quoted strings of at most 255 bytes, with a blank in between. Quotes and backslashes are escaped. " +
		"Other characters than printable ASCII are an error, because DNS hosts escape them in different ways.\n\n" +
		"It is for providers that send the value to the host as it is, such as `google_dns_record_set`. `aws_route53_record` adds the outer quotes itself: see [`txt_chunks`](txt_chunks.md).",
	parameters: []function.Parameter{stringParameter("text", "The text, without quotes and escapes.")},
	result:     function.StringReturn{},
	run: func(a *arguments) attr.Value {
		text := a.text(0)
		if a.stop() {
			return nil
		}
		quoted, err := mailrecord.QuotePlainTXT(text)
		return a.built(0, quoted, err)
	},
}

var mxRdata = definition{
	name:    "mx_rdata",
	summary: "Writes an MX record as zone files have its value",
	description: "Writes the value of an MX record as zone files have it, such as `10 mx.example.com.`, for providers that have no attribute for the preference. " +
		"The trailing dot keeps hosts from adding the name of the zone.",
	parameters: []function.Parameter{
		function.NumberParameter{Name: "preference", AllowUnknownValues: true, MarkdownDescription: "The preference, from 0 to 65535. Senders try the lowest one first."},
		stringParameter("host", "The host; `\".\"` for a domain that receives no mail."),
	},
	result: function.StringReturn{},
	run: func(a *arguments) attr.Value {
		preference, known, err := integerOf(a.value(0))
		if err == nil && known && (preference < 0 || preference > math.MaxUint16) {
			err = fmt.Errorf("%d is not from 0 to 65535", preference)
		}
		a.fail(0, err)
		host := a.text(1)
		if a.stop() {
			return nil
		}
		value, err := mailrecord.BuildMX(uint16(preference), host)
		if host == "" {
			err = errors.New("the host is empty; a domain that receives no mail has \".\"")
		}
		return a.built(1, value, err)
	},
}
