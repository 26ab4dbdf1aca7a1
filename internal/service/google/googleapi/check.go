package googleapi

import (
	"fmt"
	"strings"
)

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
	if email == "" || found && name != "" && strings.Contains(domain, ".") && !strings.ContainsAny(email, "/: ") {
		return nil
	}
	return fmt.Errorf("%q is not the e-mail address of a service account, such as %q", email, "dns@example-project.iam.gserviceaccount.com")
}
