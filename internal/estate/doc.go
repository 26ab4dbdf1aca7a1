// Package estate reads what a configuration of this provider has set up from the output of
// `terraform show -json`, and looks at it live: the DNS records, the checks of each domain, and the
// certificates.
//
// It reads an allow-list of attributes. All others, such as passwords, private keys, outputs, and
// objects of other providers, are never decoded. An attribute that the configuration marks as
// sensitive is left out too, even if it is on the list, and so are the attributes that repeat its value.
// The checks show what anybody can see in the DNS.
package estate
