package mailserver

import (
	"io"
	"net/http"
	"time"
)

// Certificates is which certificate the server has for which host name. The certificates themselves
// are kept with their keys.
type Certificates struct {
	// Ordered are the certificates under way, by host name in lower case.
	Ordered map[string]Order `json:"ordered,omitempty"`
	// Issued is when the certificates of Let's Encrypt came that are in use, by host name in lower
	// case.
	Issued map[string]time.Time `json:"issued,omitempty"`
	// Other is where the certificate for all other host names comes from.
	Other Origin `json:"other,omitempty"`
}

// Order is a certificate that Let's Encrypt has been asked for.
type Order struct {
	Due      time.Time     `json:"due"`
	Lifetime time.Duration `json:"lifetime"`
}

// Origin is where a certificate comes from.
type Origin string

const (
	// SelfSigned is the certificate that the server made for itself when it was set up.
	SelfSigned Origin = ""
	// LetsEncrypt is what Issue made for one host name.
	LetsEncrypt Origin = "letsencrypt"
	// Uploaded is what was uploaded last, whether or not it is a certificate.
	Uploaded Origin = "uploaded"
	// Missing is what an upload without files leaves behind: the old files are gone, and TLS
	// doesn't work.
	Missing Origin = "missing"
)

// installCertificate is POST /ssl/letsencrypt/install. The program asks for a certificate for the
// one host name of its configuration and does not read the form's; the sandbox stands for mail
// servers of any name, and takes the name from the form. A call without one succeeds, as with the
// program, and orders nothing.
func (s *Service) installCertificate(c *call) (answer, error) {
	hostname := canonicalHostname(c.PostFormValue("hostname"))
	if hostname != "" && !c.behaviour.certificatesNeverArrive {
		// What has fallen due since somebody last looked is there, whatever becomes of the new
		// order.
		if _, err := s.settle(hostname); err != nil {
			return answer{}, err
		}
		if err := s.update(func(st *State) error {
			if st.Certificates.Ordered == nil {
				st.Certificates.Ordered = map[string]Order{}
			}
			st.Certificates.Ordered[hostname] = Order{
				Due: s.now().Add(c.behaviour.certificateDelay), Lifetime: c.behaviour.certificateLifetime,
			}
			return nil
		}); err != nil {
			return answer{}, err
		}
	}
	return answer{status: http.StatusOK, body: object{
		"result": true, "message": "Changes will be applied in few minutes",
	}}, nil
}

// daysLeft is POST /ssl/get-left-days. The program connects to the host, which crashes it if the
// host's certificate is not one that it trusts; if it is, the days come out as zero. The sandbox's
// server trusts what its Let's Encrypt has issued.
func (s *Service) daysLeft(c *call) (answer, error) {
	hostname := canonicalHostname(c.PostFormValue("hostname"))
	origin, err := s.settle(hostname)
	if err != nil {
		return answer{}, err
	}
	if origin != LetsEncrypt {
		return panicked, nil
	}
	certificate, err := s.load(hostname, origin)
	if err != nil {
		return answer{}, err
	}
	if now := s.now(); now.Before(certificate.Leaf.NotBefore) || now.After(certificate.Leaf.NotAfter) {
		return panicked, nil
	}
	return answer{status: http.StatusOK, body: object{"days_left": 0}}, nil
}

// uploadCertificate is POST /ssl/upload. The program deletes the files that it has before it looks
// for the new ones, whose content it never looks at. There is one pair of files, so certificates of
// Let's Encrypt go as well.
func (s *Service) uploadCertificate(c *call) (answer, error) {
	chain, err := uploadedFile(c.Request, "ssl_certificate")
	if err != nil {
		return answer{}, err
	}
	key, err := uploadedFile(c.Request, "ssl_certificate_key")
	if err != nil {
		return answer{}, err
	}
	complete := chain != nil && key != nil
	if err := s.update(func(st *State) error {
		st.Certificates.Issued, st.Certificates.Other = nil, Missing
		if !complete {
			return nil
		}
		st.Certificates.Other = Uploaded
		// The chain is whatever was sent, a private key for all one knows: it is treated like one.
		if err := s.store.PutKey(uploadedChainName, chain); err != nil {
			return err
		}
		return s.store.PutKey(uploadedKeyName, key)
	}); err != nil {
		return answer{}, err
	}
	if !complete {
		return panicked, nil
	}
	return success, nil
}

// uploadedFile returns the content of a file part of the form, nil if there is none of that name.
func uploadedFile(r *http.Request, name string) ([]byte, error) {
	file, _, err := r.FormFile(name)
	if err != nil {
		return nil, nil //nolint:nilerr // no such part, or no form: to the program that is all the same
	}
	defer file.Close() //nolint:errcheck // it was only read
	return io.ReadAll(file)
}
