package awsauth

import (
	"fmt"
	"regexp"
)

var (
	roleForm    = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[\w+=,.@/-]+$`)
	sessionForm = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	regionForm  = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-[0-9]+$|^aws(-[a-z]+)*-global$`)
	labelForm   = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)
)

// CheckRole says what is wrong with the ARN of a role. The error is a sentence without its full stop.
func CheckRole(arn string) error {
	if roleForm.MatchString(arn) {
		return nil
	}
	return fmt.Errorf("%q is not the ARN of a role, such as %q", arn, "arn:aws:iam::111122223333:role/mail-records")
}

// CheckSessionName says what is wrong with the name of a session. The error is a sentence without its
// full stop.
func CheckSessionName(name string) error {
	if sessionForm.MatchString(name) {
		return nil
	}
	return fmt.Errorf("%q is not the name of a session, which has 2 to 64 letters, digits and characters of _+=,.@-", name)
}

// CheckRegion says what is wrong with the name of a region of AWS. The error is a sentence without its
// full stop.
func CheckRegion(region string) error {
	if regionForm.MatchString(region) {
		return nil
	}
	return fmt.Errorf("%q is not the name of a region, such as %q. An availability zone has one letter more, and the name in the console is something else", region, "eu-central-1")
}

// CheckOwnRegion is [CheckRegion] for services that somebody else runs, which can have any region that
// AWS's own programs take: a text that can be a part of a host's name.
func CheckOwnRegion(region string) error {
	if labelForm.MatchString(region) {
		return nil
	}
	return fmt.Errorf("%q is not the name of a region, which has letters, digits and hyphens only", region)
}
