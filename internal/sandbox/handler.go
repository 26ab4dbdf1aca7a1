package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// controlLimit limits the bodies that the control endpoints read.
const controlLimit = 8 << 20

// Handler returns one handler for all services: each is below the path of its name. There is a page
// for people at the root, and below /_sandbox/ are calls that change the sandbox itself:
//
//	GET, PUT /_sandbox/conditions/SERVICE   fault.Conditions as JSON
//	PUT      /_sandbox/zones/APEX           zone-file lines, for a zone of no particular host
//	PUT      /_sandbox/hosts/HOST/APEX      an empty zone at a DNS host
//	GET      /_sandbox/ca.pem               the authority's certificate
func (s *Sandbox) Handler() http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("GET /_sandbox/conditions/{service}", s.getConditions)
	control.HandleFunc("PUT /_sandbox/conditions/{service}", s.putConditions)
	control.HandleFunc("PUT /_sandbox/zones/{apex}", s.putZone)
	control.HandleFunc("PUT /_sandbox/hosts/{host}/{apex}", s.putHostedZone)
	control.HandleFunc("GET /_sandbox/ca.pem", s.getAuthority)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
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
		s.serveIndex(w, r)
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

func (s *Sandbox) serveIndex(w http.ResponseWriter, r *http.Request) {
	var page bytes.Buffer
	fmt.Fprintf(&page, "This is a sandbox: nothing real is touched.\n\n")
	s.listServices(&page, "http://"+r.Host)
	fmt.Fprintf(&page, "\nWhat goes wrong: GET and PUT /_sandbox/conditions/SERVICE (JSON)\n"+
		"Zones:           PUT /_sandbox/zones/APEX (zone-file lines), PUT /_sandbox/hosts/HOST/APEX (empty, at a DNS host)\n"+
		"CA certificate:  GET /_sandbox/ca.pem\n")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(page.Bytes()) //nolint:errcheck // nobody is left to be told
}

// listServices writes a table of the services with their URLs below a base URL.
func (s *Sandbox) listServices(to io.Writer, base string) {
	table := tabwriter.NewWriter(to, 0, 8, 3, ' ', 0)
	for _, m := range s.services {
		fmt.Fprintf(table, "%s\t%s/%s\t%s\n", m.name, base, m.name, m.login)
	}
	table.Flush() //nolint:errcheck // the writers that it is used with don't fail, or nobody is left to be told
}

func (s *Sandbox) getConditions(w http.ResponseWriter, r *http.Request) {
	m, err := s.service(r.PathValue("service"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	conditions, err := fault.Get(s.store, m.name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	text, err := json.MarshalIndent(conditions, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(text, '\n')) //nolint:errcheck // nobody is left to be told
}

func (s *Sandbox) putConditions(w http.ResponseWriter, r *http.Request) {
	m, err := s.service(r.PathValue("service"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	var conditions fault.Conditions
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, controlLimit))
	body.DisallowUnknownFields() // a mistyped condition would be one that never comes true
	if err = body.Decode(&conditions); err == nil {
		err = conditions.Validate()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := fault.Set(s.store, m.name, conditions); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sandbox) putZone(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, controlLimit))
	if err == nil {
		err = s.PutZone(r.PathValue("apex"), strings.FieldsFunc(string(text), isLineEnd))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sandbox) putHostedZone(w http.ResponseWriter, r *http.Request) {
	if err := s.AddZones(map[string]string{r.PathValue("apex"): r.PathValue("host")}); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func isLineEnd(c rune) bool { return c == '\r' || c == '\n' }

func (s *Sandbox) getAuthority(w http.ResponseWriter, _ *http.Request) {
	certificate, err := s.authority.Certificate()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Write(certificate) //nolint:errcheck // nobody is left to be told
}
