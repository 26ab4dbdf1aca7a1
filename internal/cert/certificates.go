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

// Service is a service whose host serves a certificate that the service can be given,
// or can get by itself.
type Service interface {
	kit.Opener
	// CertWords are what documentation and messages say of the service.
	CertWords() CertWords
	// Certificates is the service in a run.
	Certificates(run *kit.Run) Certificates
}

// Certificates is what the resources for certificates need of a service. Host names are in
// their canonical spelling.
type Certificates interface {
	// Roots are the authorities that a host's certificate may come from; nil means the
	// system's. It is an error while that is not known.
	Roots() (*x509.CertPool, error)
	// Order has the service get a certificate of Let's Encrypt for a host. The promise is
	// what it answers, in its own words.
	Order(ctx context.Context, host string) (promise string, err error)
	// Explain is for a certificate that was ordered and did not arrive: what the service
	// itself says of it, why it may not have come, and what to do. It is a text of whole
	// sentences.
	Explain(ctx context.Context, host string) string
	// Upload installs a certificate with those of its intermediate authorities and its
	// private key, all in PEM form.
	Upload(ctx context.Context, chain, key []byte) error
}

// CertWords are what documentation and messages say of a service with certificates. They
// are whole sentences.
type CertWords struct {
	// Order is on certificates that the service is to get by itself.
	Order string
	// Hostname is on the name of the host that the service gets a certificate for.
	Hostname string
	// Check is on what the service checks of a certificate that is uploaded.
	Check string
	// Several is on what becomes of the certificate that the service has already.
	Several string
}

// certBase is what the resources for certificates embed.
type certBase struct {
	kit.Base
	services []Service
}

// service is the one whose certificates are meant. No attribute chooses among several: it
// is the first.
func (r *certBase) service() Service { return r.services[0] }

// certificates is the service in this run.
func (r *certBase) certificates() Certificates { return r.service().Certificates(r.Run) }

// server is the service, as a sentence begins with it.
func (r *certBase) server() string { return kit.StartOfSentence(r.service().Title()) }

// Unconfigured is the summary of errors that say that the service cannot be used.
func (r *certBase) Unconfigured() string { return r.server() + " is not configured" }

// open has the service ready to be called. It is false after an error.
func (r *certBase) open(diags *diag.Diagnostics) bool {
	if err := r.service().Open(r.Run); err != nil {
		kit.AddError(diags, r.Unconfigured(), err)
		return false
	}
	return true
}

// hostID is the ID of a host's certificate: the service and the host's name.
func (r *certBase) hostID(host string) string { return r.service().Name() + "/" + host }

// hostOfID is the host of an ID in any spelling.
func (r *certBase) hostOfID(id string) (host string, ok bool) {
	service, name, _ := strings.Cut(id, "/")
	host, err := kit.CanonicalHostname(name)
	return host, err == nil && service == r.service().Name()
}

// warnOfStaying warns that the certificate of a resource which is deleted stays in force.
func (r *certBase) warnOfStaying(more string, diags *diag.Diagnostics) {
	diags.AddWarning("The certificate stays in force",
		fmt.Sprintf("%s has no call to remove a certificate. It goes on serving this one; only Terraform forgets it%s.", r.server(), more))
}

// idDescription describes the ID of a host's certificate.
func (r *certBase) idDescription() string {
	return fmt.Sprintf("`%s`, such as `%s`.", r.hostID("HOSTNAME"), r.hostID("mail.example.com"))
}

func certificateAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// paragraph joins sentences, of which some may be missing.
func paragraph(sentences ...string) string {
	var there []string
	for _, s := range sentences {
		if s != "" {
			there = append(there, s)
		}
	}
	return strings.Join(there, " ")
}

func timeValue(t time.Time) types.String { return types.StringValue(t.UTC().Format(time.RFC3339)) }

// Fingerprint is the SHA-256 of a certificate, as other tools show it.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
