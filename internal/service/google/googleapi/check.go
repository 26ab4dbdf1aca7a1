package googleapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/oauth2/google"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// CheckCredentials says why a text is neither credentials nor the path of a file with them, as far as
// that can be told without reading a file. The error is a sentence without its full stop, and has
// nothing of the text but the type of the credentials.
func CheckCredentials(text string) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil
	case strings.HasPrefix(text, "{"):
		return checkJSON(text)
	case strings.HasPrefix(text, tokenPrefix):
		return errors.New("it is an access token, which access_token is for")
	case strings.Contains(text, "-----BEGIN"):
		return errors.New("it is a private key alone, and not the JSON file of a service account's key, which has it")
	case strings.ContainsAny(text, "\n\r"):
		return errors.New("it has several lines, and is not JSON, so it is neither credentials nor the path of a file")
	}
	if decoded, err := base64.StdEncoding.DecodeString(text); err == nil && strings.HasPrefix(strings.TrimSpace(string(decoded)), "{") {
		return errors.New("it is JSON in base64, as Google's API returns a key: decode it with base64decode()")
	}
	return nil
}

// tokenPrefix begins most access tokens.
const tokenPrefix = "ya29."

// checkJSON is CheckCredentials for a text that begins like JSON.
func checkJSON(text string) error {
	var content struct {
		Type      google.CredentialsType `json:"type"`
		Installed json.RawMessage        `json:"installed"`
		Web       json.RawMessage        `json:"web"`
	}
	switch err := json.Unmarshal([]byte(text), &content); {
	case err != nil:
		return errors.New("it begins like JSON, and is not JSON: it may be cut off, or its line breaks may have been changed")
	case content.Installed != nil || content.Web != nil:
		return errors.New("it is the client of an OAuth application (client_secret_….json), with which nobody is logged in yet")
	case !slices.Contains(fileTypes, content.Type):
		return fmt.Errorf("it is JSON, and not credentials: its type is %q", api.Shorten(string(content.Type)))
	}
	return nil
}

// CheckAccessToken says why a text is no access token. The error is a sentence without its full stop, and
// has nothing of the text.
func CheckAccessToken(text string) error {
	switch {
	case strings.HasPrefix(strings.TrimSpace(text), "{"):
		return errors.New("it is JSON and not an access token: credentials is for that")
	case strings.ContainsAny(strings.TrimSpace(text), " \t\r\n"):
		return errors.New("an access token is one word, and it has spaces or line breaks")
	}
	return nil
}

// CheckProject says what is wrong with the ID of a project. The error is a sentence without its full
// stop.
func CheckProject(project string) error {
	if project == "" || projectForm.MatchString(project) {
		return nil
	}
	return fmt.Errorf("%q is not the ID of a project, which has lower-case letters, digits and hyphens, such as %q. The name of a project is something else", project, "example-project-123456")
}

// CheckServiceAccount says what is wrong with the e-mail address of a service account. The error is a
// sentence without its full stop.
func CheckServiceAccount(email string) error {
	name, domain, found := strings.Cut(email, "@")
	if email == "" || found && name != "" && strings.Contains(domain, ".") && !strings.ContainsAny(email, "/:, ") && strings.Count(email, "@") == 1 {
		return nil
	}
	return fmt.Errorf("%q is not the e-mail address of a service account, such as %q", email, "dns@example-project.iam.gserviceaccount.com")
}
