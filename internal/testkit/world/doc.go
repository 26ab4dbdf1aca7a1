// Package world has the harness of acceptance tests: simulated services with the provider that
// works on them, configurations, and checks of what the provider says and does.
package world
