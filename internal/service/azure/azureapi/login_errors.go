package azureapi

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// logins are the parts of Azure's own chain, as the library calls them and as people do.
var logins = []struct{ library, people string }{
	{"EnvironmentCredential", "environment variables"},
	{"WorkloadIdentityCredential", "workload identity"},
	{"ManagedIdentityCredential", "managed identity of this machine"},
	{"AzureCLICredential", "az login"},
	{"AzureDeveloperCLICredential", "azd auth login"},
	{"AzurePowerShellCredential", "Azure PowerShell"},
}

// chainReasons says for each part of the chain why it gave no token. The library lists them with whole
// requests and answers, on many lines, of which only the first says why.
func chainReasons(cause error) string {
	var reasons []string
	for line := range strings.Lines(cause.Error()) {
		line, part := strings.CutPrefix(line, "\t")
		if !part || strings.HasPrefix(line, "\t") {
			continue
		}
		for _, login := range logins {
			rest, is := strings.CutPrefix(line, login.library)
			if is {
				reasons = append(reasons, login.people+": "+plainReason(strings.TrimLeft(rest, ": ")))
				break
			}
		}
	}
	if len(reasons) == 0 {
		return plainReason(cause.Error())
	}
	return "no login gave a token (" + strings.Join(reasons, "; ") + ")"
}

// unanswered is how the errors of a call that got no answer begin.
var unanswered = regexp.MustCompile(`\b(?:Get|Post|Put) "?https?://([^/" ]+)[^" ]*"?: `)

// plainReason returns the reason that an error of the library starts with, without a request, an answer,
// or a link to a guide. A long one ends at a word.
func plainReason(text string) string {
	const longest = 200
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text, _, _ = strings.Cut(text, "To troubleshoot, visit")
	text, _, _ = strings.Cut(text, "See https://")
	text = unanswered.ReplaceAllString(text, "$1: ")
	text = strings.TrimRight(text, ".: \t\r")
	if utf8.RuneCountInString(text) > longest {
		short := string([]rune(text)[:longest])
		if at := strings.LastIndexByte(short, ' '); at > 0 {
			short = short[:at]
		}
		text = short + " …"
	}
	return text
}

// decisive is whether an error of the chain comes from the last answer that was heard. Then that answer
// says more than the chain.
func decisive(cause error, last *heardAnswer) bool {
	var failed *azidentity.AuthenticationFailedError
	return last != nil && last.status != 0 && errors.As(cause, &failed) && failed.RawResponse != nil && failed.RawResponse.StatusCode == last.status
}
