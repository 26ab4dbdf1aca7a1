package mailserversim

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"

// Switches describes the switches of [fault.Conditions] that the service knows.
var Switches = []simulation.Option{
	{Name: SwitchDatabaseDown, Description: "the database is down. Lists are empty, a new domain is refused, and other changes are answered with success although nothing happens, except that the mail of a deleted domain is lost"},
	{Name: SwitchSilentCreate, Description: "creating a mailbox is answered with success and stores nothing"},
	{Name: SwitchDocumentedUserPath, Description: "mailboxes are created by POST /user/:domain_id, as documented, and not by POST /users/:domain_id"},
	{Name: SwitchCertificatesNeverArrive, Description: "requests for a certificate succeed, and no certificate ever comes"},
}

// Settings describes the settings of [fault.Conditions] that the service knows.
var Settings = []simulation.Option{
	{Name: SettingTokenLifetime, Description: "how long a new token is valid. Default: 30m"},
	{Name: SettingPasswordChangeDelay, Description: "how long after its answer a password is changed. Default: 50ms"},
	{Name: SettingDKIMBits, Description: "the size of a new RSA key for DKIM. Default: 2048"},
	{Name: SettingCertificateDelay, Description: "how long after its request a certificate is installed. Default: 2s"},
	{Name: SettingCertificateLifetime, Description: "how long a new certificate is valid. Default: 2160h (90 days)"},
}
