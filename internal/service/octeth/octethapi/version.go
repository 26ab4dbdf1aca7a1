package octethapi

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is the platform's version: major, minor, patch.
type Version [3]int

// DefaultVersion is the assumed version of an installation if none is configured. It has the calls
// and parameters of the first documentation of the DNS calls.
var DefaultVersion = Version{5, 6}

// The first versions whose documentation (https://dev.octeth.com/) has a feature.
var (
	// secondGeneration renames the parameters of the DNS calls and takes the platform's key in a
	// header. It shows gateway domains with a status and options.
	secondGeneration = Version{5, 7, 2}
	// gatewayLabels takes the subdomain of a gateway domain at its creation, and has a tracking
	// prefix.
	gatewayLabels = Version{5, 8}
	// campaignCalls has calls for campaign domains.
	campaignCalls = Version{5, 9, 1}
	// campaignLabels uses the labels of a new campaign domain in its records. Before it, they are
	// ignored until an update.
	campaignLabels = Version{5, 9, 3}
)

// seriesBegin is the assumed patch number of a version that has none: the first of its series with
// all features that the client uses in that series. The client works with and without those that
// came later.
var seriesBegin = map[[2]int]int{{5, 7}: 2, {5, 9}: 1}

// ParseVersion reads a version such as "5.6" or "5.9.4". Without a patch number it stands for a
// whole series: "5.9" is 5.9.1, the first that registers campaign domains. Versions before 5.5 have
// none of the calls, and are refused.
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

// String writes the version, without a patch number of 0.
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
