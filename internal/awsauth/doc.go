// Package awsauth gets credentials for the services of Amazon Web Services: keys, a profile, a role,
// or what the environment and the machine offer.
//
// Nothing is read before the first call that needs credentials: no file of the user, no environment
// variable, no metadata server.
package awsauth
