// Package check tells whether the mail of a domain is all right: whether what is published is
// enough to be delivered, what is missing, and what will break.
//
// [Catalogue] lists all checks. [Run] looks at a domain and returns a [Report]: a [Result] for each
// check, and the facts that reports show, such as the tree of SPF records.
//
// A run asks the DNS in one pass of parallel lookups, and each question once. Rules are plain
// functions of what was found. A check whose lookup failed is [Unknown] and never [Fail].
//
// A run contacts nobody but the DNS, the hosts of the domain itself, and whom the [Options] name.
// Texts in a report come from strangers. Their length is bounded; whoever prints them has to escape
// them.
package check
