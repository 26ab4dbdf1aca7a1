// Package report writes what was found about domains: as a table for a terminal, as JSON, as
// Markdown for a comment, and as one HTML page.
//
// Zones hold what strangers wrote. Each format escapes it in its own way: no control character
// reaches a terminal, and no text becomes markup, a link or a mention.
package report
