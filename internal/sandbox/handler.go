package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
)

// Handler returns one handler for all services: each is below the path of its name. There is a page
// for people at the root, and below /_sandbox/ are the calls that look at the sandbox itself and
// change it: see controls.
func (s *Sandbox) Handler() http.Handler {
	control := s.controlHandler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, controlPrefix) {
			control.ServeHTTP(w, r)
			return
		}
		s.serveByPath(w, r)
	})
}

// serveByPath does not use http.ServeMux, which cleans paths: a service has to decide itself what
// "//" means.
func (s *Sandbox) serveByPath(w http.ResponseWriter, r *http.Request) {
	name, _, below := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if name == "" && !below {
		s.servePage(w, r)
		return
	}
	m, err := s.service(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if !below {
		r.URL.Path += "/"
	}
	http.StripPrefix("/"+name, m.handler).ServeHTTP(&relocated{ResponseWriter: w, prefix: "/" + name}, r)
}

// relocated adds the prefix, which the service does not know, to the paths of its redirects.
type relocated struct {
	http.ResponseWriter
	prefix string
}

func (w *relocated) WriteHeader(status int) {
	if to := w.Header().Get("Location"); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
		w.Header().Set("Location", w.prefix+to)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController the writer that can flush.
func (w *relocated) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// listServices writes a table of the services with their URLs below a base URL.
func (s *Sandbox) listServices(to io.Writer, base string) {
	table := tabwriter.NewWriter(to, 0, 8, 3, ' ', 0)
	for _, m := range s.services {
		fmt.Fprintf(table, "%s\t%s/%s\t%s\n", m.name, base, m.name, m.Login)
	}
	table.Flush() //nolint:errcheck // the writers that it is used with don't fail, or nobody is left to be told
}
