package mailrecord

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MTASTSPolicy is an MTA-STS policy as senders read it (RFC 8461 section 3.2).
type MTASTSPolicy struct {
	// Mode is "enforce", "testing" or "none".
	Mode string
	// MX are the patterns of hosts that may receive mail, in lower case.
	MX []string
	// MaxAge is for how many seconds senders keep the policy.
	MaxAge int64
}

// stsKey matches the name of a field, and stsValue what no value has.
var (
	stsKey   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$`)
	stsValue = regexp.MustCompile(`[^\x20-\x7e\x80-\xff]`)
)

// ParseMTASTSPolicy reads the content of a policy file. Fields that it does not know are ignored, and
// so are all but the first of a field that is there twice, except for mx. Its errors name the line or
// the field; senders take a policy with any of them for none.
func ParseMTASTSPolicy(text string) (MTASTSPolicy, error) {
	policy, err := parseMTASTSPolicy(text)
	if err != nil {
		return MTASTSPolicy{}, fmt.Errorf("MTA-STS policy: %w", err)
	}
	return policy, nil
}

func parseMTASTSPolicy(text string) (MTASTSPolicy, error) {
	var policy MTASTSPolicy
	values := map[string]string{}
	lines := strings.Split(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		key, value, found := strings.Cut(line, ":")
		key, value = strings.TrimRight(key, " \t"), strings.Trim(value, " \t")
		if !found || !stsKey.MatchString(key) || stsValue.MatchString(value) {
			return policy, fmt.Errorf("line %d, %.60q, is not of the form \"name: value\"", i+1, line)
		}
		if key == "mx" {
			pattern := strings.ToLower(value)
			if err := checkSTSPattern(pattern); err != nil {
				return policy, fmt.Errorf("line %d, mx: %w", i+1, err)
			}
			policy.MX = append(policy.MX, pattern)
		} else if _, twice := values[key]; !twice {
			values[key] = value
		}
	}
	if version, found := values["version"]; !found {
		return policy, errors.New("version is missing")
	} else if version != "STSv1" {
		return policy, fmt.Errorf("version: %q is not \"STSv1\"", version)
	}
	policy.Mode = values["mode"]
	switch {
	case policy.Mode == "":
		return policy, errors.New("mode is missing")
	case !slices.Contains([]string{"enforce", "testing", "none"}, policy.Mode):
		return policy, fmt.Errorf("mode: %q is none of enforce, testing, none", policy.Mode)
	}
	age, found := values["max_age"]
	if !found {
		return policy, errors.New("max_age is missing")
	}
	var err error
	if policy.MaxAge, err = strconv.ParseInt(age, 10, 64); err != nil || strings.Trim(age, "0123456789") != "" || len(age) > 10 {
		return policy, fmt.Errorf("max_age: %q is not a number of seconds", age)
	}
	if policy.MaxAge > maxSTSAge {
		return policy, fmt.Errorf("max_age: %d is more than %d seconds, a year", policy.MaxAge, maxSTSAge)
	}
	if len(policy.MX) == 0 && policy.Mode != "none" {
		return policy, errors.New("mx is missing")
	}
	return policy, nil
}

func checkSTSPattern(pattern string) error {
	if strings.HasSuffix(pattern, ".") {
		return fmt.Errorf("%q ends in a dot, which senders do not expect: write %q", pattern, strings.TrimSuffix(pattern, "."))
	}
	host := strings.TrimPrefix(pattern, "*.")
	if strings.Contains(host, "*") {
		return fmt.Errorf("%q: a wildcard is a \"*\" alone, as the first label", pattern)
	}
	return checkHostname(host)
}

// Matches reports whether a host is one that the policy names. A wildcard stands for one label (RFC
// 8461 section 4.1).
func (p MTASTSPolicy) Matches(host string) bool {
	host = normalName(host)
	return slices.ContainsFunc(p.MX, func(pattern string) bool {
		rest, wildcard := strings.CutPrefix(pattern, "*.")
		if !wildcard {
			return host == pattern
		}
		_, above, found := strings.Cut(host, ".")
		return found && above == rest
	})
}
