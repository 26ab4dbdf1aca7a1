package mailrecord

import "fmt"

// QuotePlainTXT is [QuoteTXT] for printable ASCII. It refuses other characters, because DNS hosts
// do not agree on how to escape them: zone files have decimal numbers, and Route 53 octal ones.
func QuotePlainTXT(text string) (string, error) {
	for i, r := range text {
		if what := oddRune(r, true); what != "" {
			return "", fmt.Errorf("it has %s at byte %d%s", what, i, heredocAdvice(text))
		}
		if r > '~' {
			return "", fmt.Errorf("it has the character %q at byte %d, which DNS hosts escape in different ways; write it in ASCII", r, i)
		}
	}
	return QuoteTXT(text), nil
}
