// Package standin has small providers that stand in for other providers of the registry, at their
// addresses, so that guides which use them can be validated and applied without a network. They have
// the schemas that the guides need. What they make, they make by the hooks of a test.
package standin
