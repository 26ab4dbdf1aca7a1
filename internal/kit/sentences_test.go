package kit

import "testing"

func TestStartOfSentence(t *testing.T) {
	for text, want := range map[string]string{"the service": "The service", "Octave": "Octave", "über": "Über", "": ""} {
		if got := StartOfSentence(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
