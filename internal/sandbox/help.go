package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// getHelp answers with everything that there is to know for using the sandbox by hand, as plain
// text.
func (s *Sandbox) getHelp(w http.ResponseWriter, r *http.Request) {
	a, err := s.accessFor(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "This is a sandbox: nothing real is touched. All credentials are invented.\n\nServices\n\n")
	s.listServices(&text, a.BaseURL)
	fmt.Fprintf(&text, "\nDNS server: %s\n\n", a.DNS)
	a.write(&text)
	fmt.Fprintf(&text, "Calls\n\n")
	for _, c := range controls() {
		fmt.Fprintf(&text, "%s\n    %s\n", c.Call(), c.Description)
	}
	fmt.Fprintf(&text, "\nFields of conditions\n\n")
	table := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
	for _, f := range fault.Fields() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Name, f.Type, f.Description)
	}
	table.Flush() //nolint:errcheck // a buffer does not fail
	fmt.Fprintf(&text, "\nKinds of faults\n\n")
	for _, k := range fault.Kinds() {
		fmt.Fprintf(table, "%s\t%s\n", k.Kind, k.Description)
	}
	table.Flush() //nolint:errcheck // as above
	for _, m := range s.services {
		writeOptions(&text, m.name+": switches", m.Switches)
		writeOptions(&text, m.name+": settings", m.Settings)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(text.Bytes()) //nolint:errcheck // nobody is left to be told
}

func writeOptions(to io.Writer, heading string, options []simulation.Option) {
	if len(options) == 0 {
		return
	}
	fmt.Fprintf(to, "\n%s\n\n", heading)
	table := tabwriter.NewWriter(to, 0, 8, 2, ' ', 0)
	for _, o := range options {
		fmt.Fprintf(table, "%s\t%s\n", o.Name, o.Description)
	}
	table.Flush() //nolint:errcheck // a buffer does not fail
}

// note says what a provider cannot do at this DNS server; "" if there is nothing to say.
func (a access) note() string {
	if strings.HasSuffix(a.DNS, ":53") {
		return ""
	}
	return "The provider asks the name servers of a domain at port 53, where the sandbox does not answer.\n" +
		"So postmaster_dns_records warns that it cannot see whether records have arrived;\n" +
		"wait_for_propagation = false spares the warning."
}

// write writes, for people, how to reach the sandbox from Terraform.
func (a access) write(to io.Writer) {
	if a.FileBlock != "" {
		fmt.Fprintf(to, "From Terraform, on this sandbox's file:\n\n%s\nOr over the network:\n\n%s\n", indent(a.FileBlock), indent(a.Block))
	} else {
		fmt.Fprintf(to, "From Terraform:\n\n%s\n", indent(a.Block))
	}
	fmt.Fprintf(to, "Or with the credentials in the environment:\n\n%s\n%s\n", indent(a.ShortBlock), indent(a.Environment))
	if note := a.note(); note != "" {
		fmt.Fprintf(to, "%s\n\n", note)
	}
}

func indent(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = "    " + line
		}
	}
	return strings.Join(lines, "")
}
