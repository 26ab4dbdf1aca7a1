// Package table writes the tables of the project's commands.
package table

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Write writes an empty line and then the rows, each after indent. Tabs separate the cells of a
// row. The cells of a column are aligned at their left.
func Write(out io.Writer, indent string, rows []string) error {
	aligned := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(aligned)
	for _, row := range rows {
		fmt.Fprintln(aligned, indent+row)
	}
	return aligned.Flush()
}
