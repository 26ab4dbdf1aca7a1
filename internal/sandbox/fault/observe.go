package fault

import "net/http"

// Observer is called for each call that a service answers, just before the client gets the answer.
// Its arguments are the service's name, the method, the path as the service sees it, and the
// status, which is 0 if the connection is cut. It is called from many goroutines at once.
type Observer func(service, method, path string, status int)

// Observe reports the calls of handler to observer, which counts them for benchmarks and tests.
// Around [Wrap], it sees the same as clients, including faults. observer may be nil.
func Observe(service string, observer Observer, handler http.Handler) http.Handler {
	if observer == nil {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method, path := r.Method, r.URL.Path // a handler may change what r says
		watched := &watchedWriter{ResponseWriter: w, report: func(status int) { observer(service, method, path, status) }}
		silent := 0 // the status of a handler that returns without writing; 0 if it panics
		defer func() { watched.answer(silent) }()
		handler.ServeHTTP(watched, r)
		silent = http.StatusOK
	})
}

// watchedWriter reports the status of an answer once, before any of it is sent, so that the call is
// counted before the client has the answer.
type watchedWriter struct {
	http.ResponseWriter
	report   func(status int)
	reported bool
}

func (w *watchedWriter) answer(status int) {
	if !w.reported {
		w.reported = true
		w.report(status)
	}
}

func (w *watchedWriter) WriteHeader(status int) {
	w.answer(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *watchedWriter) Write(p []byte) (int, error) {
	w.answer(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Unwrap gives http.ResponseController the writer that can flush.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
