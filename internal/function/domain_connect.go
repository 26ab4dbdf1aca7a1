package function

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/domainconnect"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var domainConnect = definition{
	name:    "domain_connect",
	summary: "Builds the records that a Domain Connect template asks for",
	description: "Builds the records of a domain from a template of [Domain Connect](https://www.domainconnect.org), in which hundreds of services describe the DNS records that they need. " +
		"The guide [Domain Connect](../guides/domain-connect.md) shows how to find a template and its variables.\n\n" +
		"The result is a map of objects with `name`, `type`, `value` and `priority`, as `records` of `postmaster_dns_records` has them. A key consists of the type in the template, the name below the domain, and a number, such as `mx-@-1`. " +
		"It does not depend on the groups.\n\n" +
		"Rules for the SPF record (`SPFM`) become a TXT record that ends in `~all`. `postmaster_dns_records` merges it into the SPF record of the domain, whose own `all` stays.\n\n" +
		"It is an error, which names the record and its group, if a variable has no value, if a record is wrong, or if it cannot be published in a zone: a redirect of web pages (`REDIR301`, `REDIR302`), an alias of the domain itself (`APEXCNAME`), " +
		"or a change at the registrar (`NS1`, `NS2`, `DS`). TTLs, signatures, and the template's own rules of conflicts have no effect: `postmaster_dns_records` has rules of its own.",
	parameters: []function.Parameter{
		stringParameter("template", "The template as JSON: `file(\"template.json\")`, or the `response_body` of the data source `http`."),
		stringParameter("domain", "The domain, whose zone is edited."),
		function.StringParameter{Name: "host", AllowNullValue: true, AllowUnknownValues: true,
			MarkdownDescription: "The name below the domain to which the template applies, without the domain, such as `\"www\"`; `\"\"` or null for the domain itself."},
		function.DynamicParameter{Name: "variables", AllowNullValue: true, AllowUnknownValues: true,
			MarkdownDescription: "An object or a map with a string or a number for each variable of the template, which are written `%name%` in it. Upper and lower case matter. `domain`, `host` and `fqdn` have their values already. Variables that the chosen records do not have are ignored."},
	},
	variadic: function.StringParameter{Name: "groups", AllowUnknownValues: true,
		MarkdownDescription: "The groups of the template (`groupId`) whose records are needed. Records without a group are always part of the result. If no group is named, all records are."},
	result: function.MapReturn{ElementType: recordType},
	run: func(a *arguments) attr.Value {
		source, domain, host := a.text(0), a.name(1, mailrecord.ASCIIDomain), a.text(2)
		variables := a.variables(3)
		var groups []string
		elements, _ := elementsOf(a.value(4))
		for _, element := range elements {
			group, _, _ := textOf(element)
			groups = append(groups, group)
		}
		var template domainconnect.Template
		if text, _ := a.value(0).(types.String); !text.IsUnknown() {
			var err error
			template, err = domainconnect.Parse(source)
			a.fail(0, err)
		}
		if a.stop() {
			return nil
		}
		records, err := template.Apply(domainconnect.Application{Domain: domain, Host: host, Variables: variables, Groups: groups})
		a.fail(wrongArgument(err), err)
		values := map[string]attr.Value{}
		for key, r := range records {
			priority := types.Int64Null()
			if r.Type == "MX" {
				priority = types.Int64Value(int64(r.Priority))
			}
			values[key] = types.ObjectValueMust(recordType.AttrTypes, map[string]attr.Value{
				"name": types.StringValue(r.Name), "type": types.StringValue(r.Type), "value": types.StringValue(r.Value), "priority": priority,
			})
		}
		return types.MapValueMust(recordType, values)
	},
}

// wrongArgument returns the index of the argument to which an error of a template belongs.
func wrongArgument(err error) int {
	if wrong := (*domainconnect.ArgumentError)(nil); errors.As(err, &wrong) {
		return map[string]int{"host": 2, "groups": 4}[wrong.Argument]
	}
	if missing := (*domainconnect.MissingError)(nil); errors.As(err, &missing) {
		return 3
	}
	return 0
}

// variables returns an argument that has strings or numbers by names. Nulls are left out.
func (a *arguments) variables(index int) map[string]string {
	value := a.value(index)
	if isNull(value) || value.IsUnknown() {
		return nil
	}
	attributes := attributesOf(value)
	if attributes == nil {
		a.fail(index, fmt.Errorf("an object is needed, and this is %s", kindOf(value)))
		return nil
	}
	variables := map[string]string{}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		text, known, err := textOf(attributes[name])
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		}
		if known {
			variables[name] = text
		}
	}
	a.fail(index, errors.Join(wrong...))
	return variables
}
