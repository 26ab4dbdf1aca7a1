package cert

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Service is a [kit.Service] whose host serves a TLS certificate. The certificate can be uploaded
// to the service, or the service can obtain one itself.
type Service interface {
	kit.Opener
	// Words returns the service's texts for documentation and messages.
	CertWords() Words
	// Certificates returns the service's implementation in a run.
	Certificates(run *kit.Run) Certificates
}

// Certificates is what the certificate resources need from a service. Host names are in their
// canonical spelling.
type Certificates interface {
	// Roots returns the authorities that may issue a host's certificate; nil means the system's. It
	// is an error while they are not known.
	Roots() (*x509.CertPool, error)
	// Order makes the service obtain a Let's Encrypt certificate for a host. Promise is the
	// service's answer, in its own words.
	Order(ctx context.Context, host string) (promise string, err error)
	// Explain is called when an ordered certificate did not arrive. It says, in whole sentences,
	// what the service reports, why the certificate may be missing, and what to do.
	Explain(ctx context.Context, host string) string
	// Upload installs a certificate with its intermediate certificates and its private key, all in
	// PEM form.
	Upload(ctx context.Context, chain, key []byte) error
}

// Words are a service's texts about certificates, for documentation and messages, in whole
// sentences.
type Words struct {
	// Order is about certificates that the service obtains itself.
	Order string
	// Hostname is about the name of the host that the service obtains a certificate for.
	Hostname string
	// Check is about the checks that the service makes on an uploaded certificate.
	Check string
	// Several is about what happens to the certificate that the service already has.
	Several string
}

// base is embedded by the certificate resources.
type base struct {
	kit.Base
	services []Service
}

// service returns the service to use. No attribute chooses between several; it is the first.
func (r *base) service() Service { return r.services[0] }

// certificates returns the service's implementation in this run.
func (r *base) certificates() Certificates { return r.service().Certificates(r.Run) }

// server returns the service's title for the start of a sentence.
func (r *base) server() string { return kit.StartOfSentence(r.service().Title()) }

// Unconfigured returns the summary of errors which say that the service cannot be used.
func (r *base) Unconfigured() string { return r.server() + " is not configured" }

// open creates the service's client. It returns false after adding an error.
func (r *base) open(diags *diag.Diagnostics) bool {
	if err := r.service().Open(r.Run); err != nil {
		kit.AddError(diags, r.Unconfigured(), err)
		return false
	}
	return true
}

// hostID returns the ID of a host's certificate: the service's name and the host's name.
func (r *base) hostID(host string) string { return r.service().Name() + "/" + host }

// hostOfID returns the host name in an ID, in its canonical spelling. Ok is false if the text is
// not an ID.
func (r *base) hostOfID(id string) (host string, ok bool) {
	service, name, _ := strings.Cut(id, "/")
	host, err := kit.CanonicalHostname(name)
	return host, err == nil && service == r.service().Name()
}

// warnOfStaying warns that the certificate stays in force although its resource is destroyed.
func (r *base) warnOfStaying(more string, diags *diag.Diagnostics) {
	diags.AddWarning("The certificate stays in force",
		fmt.Sprintf("%s has no call to remove a certificate. It goes on serving this one; only Terraform forgets it%s.", r.server(), more))
}

// idDescription describes the ID of a host's certificate.
func (r *base) idDescription() string {
	return fmt.Sprintf("`%s`, such as `%s`.", r.hostID("HOSTNAME"), r.hostID("mail.example.com"))
}

// certificateAttribute returns a computed text attribute.
func certificateAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// paragraph joins sentences and leaves out empty ones.
func paragraph(sentences ...string) string {
	var there []string
	for _, s := range sentences {
		if s != "" {
			there = append(there, s)
		}
	}
	return strings.Join(there, " ")
}

// timeValue returns a time in UTC as an RFC 3339 value.
func timeValue(t time.Time) types.String { return types.StringValue(t.UTC().Format(time.RFC3339)) }

// fingerprint returns the SHA-256 hash of a certificate in hexadecimal, as other tools show it.
func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
