package octeth

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is the platform's version: major, minor, patch.
type Version [3]int

var (
	// defaultVersion has the calls and parameters of the first documentation of the DNS calls.
	defaultVersion = Version{5, 6}
	// secondGeneration renames the parameters of the DNS calls, and shows gateway domains with status and records.
	secondGeneration = Version{5, 8}
	// restVersion is the first with calls for campaign domains.
	restVersion = Version{5, 9}
)

// ParseVersion reads a version such as "5.6" or "5.9.4". Those before 5.5, which have none of the calls, are refused.
func ParseVersion(text string) (Version, error) {
	var v Version
	parts := strings.Split(text, ".")
	if len(parts) < 2 || len(parts) > len(v) {
		return Version{}, fmt.Errorf(`%q is not a version of Octeth; it should look like "5.9.4"`, text)
	}
	for i, part := range parts {
		number, err := strconv.ParseUint(part, 10, 15)
		if err != nil {
			return Version{}, fmt.Errorf(`%q is not a version of Octeth; it should look like "5.9.4"`, text)
		}
		v[i] = int(number)
	}
	if v.before(Version{5, 5}) {
		return Version{}, fmt.Errorf("version %s of Octeth has no calls for sender domains; 5.5 is the first that has", text)
	}
	return v, nil
}

// String writes the version without a patch number of 0.
func (v Version) String() string {
	if v[2] == 0 {
		return fmt.Sprintf("%d.%d", v[0], v[1])
	}
	return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2])
}

func (v Version) before(other Version) bool {
	for i := range v {
		if v[i] != other[i] {
			return v[i] < other[i]
		}
	}
	return false
}
