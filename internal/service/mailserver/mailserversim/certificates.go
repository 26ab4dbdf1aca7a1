package mailserversim

import (
	"io"
	"net/http"
	"time"
)

// Certificates holds which certificate the server has for which host name. The certificates
// themselves are stored with their keys.
type Certificates struct {
	// Ordered are the certificates under way, by host name in lower case.
	Ordered map[string]Order `json:"ordered,omitempty"`
	// Issued holds when each certificate of Let's Encrypt in use was issued, by host name in lower
	// case.
	Issued map[string]time.Time `json:"issued,omitempty"`
	// Other is the origin of the certificate for all other host names.
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
	// Missing is the result of an upload without files: the old files are deleted, and TLS does not
	// work.
	Missing Origin = "missing"
)

// installCertificate is POST /ssl/letsencrypt/install. The program requests a certificate for the
// one host name of its configuration, and ignores the form. The sandbox stands for mail servers of
// any name, so it takes the name from the form. A call without a name succeeds, as with the
// program, and orders nothing.
func (s *Service) installCertificate(c *call) (answer, error) {
	hostname := canonicalHostname(c.PostFormValue("hostname"))
	if hostname != "" && !c.behaviour.certificatesNeverArrive {
		// Certificates that are due by now are installed first, whatever happens to the new order.
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

// daysLeft is POST /ssl/get-left-days. The program connects to the host. If it does not trust the
// host's certificate, it crashes; if it does, it answers zero days. The simulated server trusts the
// certificates of its Let's Encrypt.
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

// uploadCertificate is POST /ssl/upload. The program deletes its files before it looks for the new
// ones, and never looks at their content. There is only one pair of files, so certificates of Let's
// Encrypt are lost as well.
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
		// The chain may be anything, even a private key, so it is stored like one.
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
