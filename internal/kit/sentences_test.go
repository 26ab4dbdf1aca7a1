package kit

import "testing"

func TestStartOfSentence(t *testing.T) {
	for text, want := range map[string]string{"the service": "The service", "Octave": "Octave", "über": "Über", "": ""} {
		if got := StartOfSentence(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestList(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := List(words, "or"); got != want {
			t.Errorf("%q becomes %q, and not %q", words, got, want)
		}
	}
	if got := List(Quoted([]string{"a", "b"}), "and") + List(Code([]string{"a"}), "and"); got != "\"a\" and \"b\"`a`" {
		t.Errorf("got %q", got)
	}
}
