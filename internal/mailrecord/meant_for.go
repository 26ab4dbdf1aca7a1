package mailrecord

// MeantFor guesses what the text of a TXT record is meant for, from the text or else from the name,
// also if receivers do not recognise it. The name is in lower case, without trailing dot.
// [CheckText] says what is wrong.
func MeantFor(name, text string) TextKind { return meantFor(name, text) }
