package check

import (
	"fmt"
	"slices"
	"strings"
)

// patterns lists the groups and the IDs of checks.
func patterns() []string {
	all := Groups()
	for _, e := range Catalogue() {
		all = append(all, e.ID)
	}
	return all
}

// farthest is how many letters a suggestion may differ by.
const farthest = 2

// DidYouMean ends a message about a wrong word with the nearest of the right ones, as a question; it is
// "" if none is near.
func DidYouMean(word string, right []string) string {
	best, least := "", farthest+1
	for _, r := range right {
		if d := distance(strings.ToLower(word), r); d < least && d < len(r) {
			best, least = r, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance is how many letters have to be changed, added or taken away to make one word of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(before[j]+cost, before[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
