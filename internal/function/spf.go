package function

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var spf = definition{
	name:    "spf",
	summary: "Builds an SPF record",
	description: "Builds the text of an SPF record (RFC 7208), which is published as a TXT record at the domain itself.\n\n" +
		"It is an error if receivers would reject or ignore the record, or a part of it: a mechanism that is wrong or there twice, more than ten DNS lookups in the record itself, " +
		"a `redirect` beside `all`. It is also an error if the record allows everyone to send mail (`+all`, `ip4:0.0.0.0/0`), or uses `ptr`. " +
		"The function asks no DNS, so it does not count the lookups of included records; `postmaster_dns_records` does. " +
		"The text may be longer than 255 bytes: `postmaster_dns_records` splits it by itself, and [`txt_chunks`](txt_chunks.md) does it for other providers.",
	parameters: []function.Parameter{optionsParameter("An object with these attributes, each of which may be left out or null:\n" +
		"    - `mechanisms`: a list of mechanisms in the order in which they count, such as `\"mx\"`, `\"ip4:192.0.2.1\"` and `\"include:spf.example.net\"`, without `all`.\n" +
		"    - `all`: what receivers do with mail of all other senders: `\"-\"` (fail), `\"~\"` (suspicious) or `\"?\"` (nothing is said). Default: `\"~\"`, or none with `redirect`.\n" +
		"    - `redirect`: the domain whose record decides if no mechanism matches.")},
	result: function.StringReturn{},
	run: func(a *arguments) attr.Value {
		o := a.options(0, []string{"mechanisms", "all", "redirect"}, nil)
		parts := mailrecord.SPFParts{Mechanisms: o.texts("mechanisms"), All: o.text("all"), Redirect: o.text("redirect")}
		if o.stop() {
			return nil
		}
		text, err := parts.Text()
		return a.built(0, text, err)
	},
}

var spfMerge = definition{
	name:    "spf_merge",
	summary: "Merges SPF records into one",
	description: "Merges SPF records into one, because a domain may have only one. The mechanisms of the later records go into the first one, in front of its `all` or `redirect`. " +
		"What the first record says about all other senders stays; if it says nothing, the result ends in `~all`. A mechanism that is there already is not added again.\n\n" +
		"It is an error if a record is wrong, if two contradict each other (`a` and `-a`), if a later one has a `redirect`, or if the result takes more than ten DNS lookups by itself.\n\n" +
		"`postmaster_dns_records` merges SPF records into the one that is in the zone without this function. It is for zones at other hosts.",
	parameters: []function.Parameter{function.StringParameter{Name: "spf", AllowNullValue: true, AllowUnknownValues: true,
		MarkdownDescription: "The SPF record of the domain; null or `\"\"` if it has none."}},
	variadic: function.StringParameter{Name: "others", AllowNullValue: true, AllowUnknownValues: true,
		MarkdownDescription: "The SPF records to merge into it. Null and `\"\"` are left out."},
	result: function.StringReturn{},
	run: func(a *arguments) attr.Value {
		texts := []string{a.text(0)}
		others, _ := elementsOf(a.value(1))
		for _, other := range others {
			text, _, _ := textOf(other)
			texts = append(texts, text)
		}
		if a.stop() {
			return nil
		}
		text, index, err := mailrecord.JoinSPF(texts...)
		if err != nil && index < 0 {
			a.err = function.NewFuncError(fmt.Sprint(err))
			return nil
		}
		a.fail(index, err)
		return types.StringValue(text)
	},
}
