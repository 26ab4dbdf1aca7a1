package mailserver

import "net/url"

// Configured returns the address and the credentials.
func (a *Account) Configured() (address *url.URL, username, password string) {
	return a.address, a.username.Value, a.password.Value
}
