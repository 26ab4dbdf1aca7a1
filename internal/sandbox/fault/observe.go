package fault

import "net/http"

// Observer is told of each call that a service has answered: the service's name, the method, the path as the service sees
// it and the status that the client got, 0 if the connection was cut before there was one. It is called from many
// goroutines at once.
type Observer func(service, method, path string, status int)

// Observe reports the calls of handler to observer, which counts them for benchmarks and tests. Put around [Wrap], it sees
// what clients see, faults included.
func Observe(service string, observer Observer, handler http.Handler) http.Handler {
	if observer == nil {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		watched := &watchedWriter{ResponseWriter: w}
		completed := false
		defer func() {
			// A handler that says nothing at all and returns has answered 200.
			if completed && watched.status == 0 {
				watched.status = http.StatusOK
			}
			observer(service, r.Method, path, watched.status)
		}()
		handler.ServeHTTP(watched, r)
		completed = true
	})
}

type watchedWriter struct {
	http.ResponseWriter
	status int
}

func (w *watchedWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watchedWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap gives http.ResponseController the writer that can flush.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
