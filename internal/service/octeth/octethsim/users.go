package octethsim

// Credentials that the service knows. They are invented, and the same in every sandbox: there is
// nothing behind them to protect.
const (
	// APIKey and SessionID belong to the same user.
	APIKey    = "SAND-BOX0-KEY0-0001"
	SessionID = "sandbox0session0of0nobody"
	// ExpiredSessionID is an expired session of that user.
	ExpiredSessionID = "sandbox0session0that0has0expired"
	// OtherAPIKey belongs to another user, who cannot see the first one's domains.
	OtherAPIKey = "SAND-BOX0-KEY0-0002"
)

// users are the ids of the users by their credentials.
var users = map[string]int64{APIKey: 1, SessionID: 1, OtherAPIKey: 2}

// authenticate finds the user of a call. It returns the credentials.
func (c *call) authenticate() (string, error) {
	credentials := c.bearer
	if credentials == "" || c.behaviour.below(secondGeneration) {
		credentials = c.params.first([]string{"SessionID", "APIKey"})
	}
	if credentials == ExpiredSessionID {
		return "", refuse(99999, "Session expired")
	}
	user, known := users[credentials]
	if !known {
		return "", refuse(99998, "Authentication failure: invalid API key or session ID")
	}
	c.user = user
	return credentials, nil
}
