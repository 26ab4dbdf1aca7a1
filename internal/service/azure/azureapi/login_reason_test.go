package azureapi

import (
	"errors"
	"testing"
)

// The reason of a library's error is one phrase: nothing hangs over at its end.
func TestReasonsOfLogins(t *testing.T) {
	for text, want := range map[string]string{
		"ClientSecretCredential: server response error:\n {\"error\":\"invalid\"}": "ClientSecretCredential: server response error",
		"AzureCLICredential: Azure CLI not found on path.":                         "AzureCLICredential: Azure CLI not found on path",
		"no answer. \n more": "no answer",
		"failed. To troubleshoot, visit https://example.com/x": "failed",
	} {
		if got := plainReason(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if got, want := chainReasons(errors.New("x\n\tManagedIdentityCredential: server response error:\n\t\t{}\n")), "no login gave a token (managed identity of this machine: server response error)"; got != want {
		t.Errorf("the chain says %q, want %q", got, want)
	}
}
