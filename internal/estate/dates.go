package estate

import "time"

// timeOf reads a time of the state; zero if there is none.
func timeOf(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// keeperForms are the dates that people write into keepers, and that time_rotating has as its id.
var keeperForms = []string{time.RFC3339, time.DateOnly, "2006-01", "20060102", "200601"}

// since returns the newest date among keepers. Only dates are used: a keeper may be any text, even a
// secret one.
func since(keepers map[string]string) time.Time {
	var newest time.Time
	for _, text := range keepers {
		for _, form := range keeperForms {
			if t, err := time.Parse(form, text); err == nil && plausible(t) && t.After(newest) {
				newest = t.UTC()
			}
		}
	}
	return newest
}

// plausible reports whether a number such as 200101 is meant as a date: DKIM is from 2007, and nobody
// plans a hundred years ahead.
func plausible(t time.Time) bool { return t.Year() >= 2007 && t.Year() < 2100 }
