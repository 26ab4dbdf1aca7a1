package octeth

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is the platform's version: major, minor, patch.
type Version [3]int

// DefaultVersion is the version that an installation is taken for where none is given. It has the calls and parameters of
// the first documentation of the DNS calls.
var DefaultVersion = Version{5, 6}

// The versions whose documentation (https://dev.octeth.com/) is the first to have something.
var (
	// secondGeneration renames the parameters of the DNS calls and takes the platform's key in a header. It shows gateway
	// domains with a status and options.
	secondGeneration = Version{5, 7, 2}
	// gatewayLabels takes the subdomain of a gateway domain when the domain is created, and a prefix for tracking at all.
	gatewayLabels = Version{5, 8}
	// campaignCalls has calls for campaign domains.
	campaignCalls = Version{5, 9, 1}
	// campaignLabels makes the records of a new campaign domain by its own labels. Before, these are ignored until an update.
	campaignLabels = Version{5, 9, 3}
)

// seriesBegin is the patch number that a version without one is taken for: of each series, the first that can do all that
// the project takes the series for. What begins later than that is done in a way that works before and after.
var seriesBegin = map[[2]int]int{{5, 7}: 2, {5, 9}: 1}

// ParseVersion reads a version such as "5.6" or "5.9.4". Without a patch number it stands for all of a series: "5.9" is
// 5.9.1, the first that registers campaign domains. Those before 5.5, which have none of the calls, are refused.
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
	if len(parts) == 2 {
		v[2] = seriesBegin[[2]int{v[0], v[1]}]
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
