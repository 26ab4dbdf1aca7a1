package mailrecord

import (
	"slices"
	"strings"
	"testing"
)

func TestInspectDKIM(t *testing.T) {
	key := strings.Repeat("A", 43) + "="
	for text, want := range map[string][]DKIMFaultKind{
		"v=DKIM1; k=ed25519; p=" + key:                     nil,
		"v=DKIM1; p=":                                      nil,
		"k=ed25519; v=DKIM1; p=" + key:                     {DKIMSyntax},
		"v=DKIM1; k=ed25519; h=sha1; s=tlsrpt; p=" + key:   {DKIMHash, DKIMService},
		"v=DKIM1; k=ed25519; p=" + strings.Repeat("A", 44): {DKIMKeySize},
		"v=DKIM1; k=dsa; p=" + key:                         {DKIMKeyType},
		"v=DKIM1; p=@@@":                                   {DKIMSyntax},
		"v=DKIM1; k=rsa; p=" + key:                         {DKIMSyntax},
		"v=DKIM1; p=MIICXAIBAAKBgQDExampleExampleExampleExampleExampleExample": {DKIMPrivate},
		"v=DKIM1; n=PRIVATE KEY at home -----BEGIN; k=ed25519; p=" + key:       nil,
		"v=DKIM1; p=-----BEGIN RSA PRIVATE KEY----- MIICXAIBAAKB":              {DKIMPrivate},
		"v=DKIM1; h=sha1": {DKIMHash, DKIMSyntax},
		"not a key":       {DKIMSyntax},
		"v=DKIM1; t=y k=rsa; k=ed25519; h=:; p=" + key: {DKIMSyntax, DKIMSyntax},
	} {
		_, faults := InspectDKIM(text)
		var kinds []DKIMFaultKind
		for _, fault := range faults {
			kinds = append(kinds, fault.Kind)
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("%q: %v, want kinds %v", text, faults, want)
		}
		if _, err := ParseDKIM(text); (err == nil) != (len(faults) == 0) {
			t.Errorf("%q: ParseDKIM says %v, and there are %d faults", text, err, len(faults))
		}
	}
}

// A key that is too short has its length all the same, so that it can be told.
func TestInspectDKIMTellsTheLength(t *testing.T) {
	text := "v=DKIM1; p=" + rsaText(t, 512)
	key, faults := InspectDKIM(text)
	if key.Bits != 512 || len(faults) != 1 || faults[0].Kind != DKIMKeySize {
		t.Errorf("%d bits, %v", key.Bits, faults)
	}
}
