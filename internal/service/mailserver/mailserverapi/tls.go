package mailserverapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// InstallLetsEncrypt has the server request a certificate for the hostname from Let's Encrypt (POST
// /ssl/letsencrypt/install), and returns the server's message. The server works in the background
// and never reports the outcome, which only the host's certificate shows.
func (c *Client) InstallLetsEncrypt(ctx context.Context, hostname string) (message string, err error) {
	r := post(http.MethodPost, []string{"ssl", "letsencrypt", "install"}, [2]string{"hostname", hostname})
	r.Op, r.Object = "ask for a certificate for", hostname
	if err := checkDomain(hostname); err != nil {
		return "", report.Unsendable(r, err)
	}
	var answer struct {
		Result  *bool  `json:"result"`
		Message string `json:"message"`
	}
	if err := c.call(ctx, r, &answer); err != nil {
		return "", err
	}
	if answer.Result == nil {
		return "", report.Unintelligible(r)
	}
	return answer.Message, nil
}

// DaysLeft returns how many days the certificate of a host has left, as the server sees it (POST
// /ssl/get-left-days). Released servers fail if they cannot connect to the host or do not trust its
// certificate, and say 0 for other reasons: do not rely on the number alone.
func (c *Client) DaysLeft(ctx context.Context, hostname string) (int, error) {
	r := post(http.MethodPost, []string{"ssl", "get-left-days"}, [2]string{"hostname", hostname})
	r.Op, r.Object = "ask for the remaining days of the certificate of", hostname
	if err := checkDomain(hostname); err != nil {
		return 0, report.Unsendable(r, err)
	}
	// Not repeated, although it changes nothing: here a failure is an answer.
	var answer struct {
		DaysLeft *int `json:"days_left"`
	}
	err := c.call(ctx, r, &answer)
	if err == nil && answer.DaysLeft == nil {
		err = report.Unintelligible(r)
	}
	if err == nil {
		return *answer.DaysLeft, nil
	}
	var failed *api.Error
	if errors.As(err, &failed) {
		failed.Unsure = false
		if failed.Status == http.StatusInternalServerError && failed.Answer == "" {
			failed.Advice = "The mail server fails so when it cannot connect to the host or does not trust its certificate: look at the certificate that the host serves"
		}
	}
	return 0, err
}

// UploadCertificate replaces the server's certificate and its key (POST /ssl/upload). The server
// installs whatever it gets. So this refuses a chain whose first certificate does not match the
// key; the caller checks dates and host names.
func (c *Client) UploadCertificate(ctx context.Context, chainPEM, keyPEM []byte) error {
	r := api.Request{
		Op: "upload a certificate", Method: http.MethodPost, Path: []string{"ssl", "upload"},
		Repeat: api.Safely, // the second call uploads the same files
	}
	if _, err := tls.X509KeyPair(chainPEM, keyPEM); err != nil {
		return report.Unsendable(r, fmt.Errorf("the certificate and the key cannot be used together: %w", err))
	}
	// The server takes only file parts. If it gets plain fields, it deletes its files and fails.
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, file := range []struct {
		field, name string
		content     []byte
	}{
		{"ssl_certificate", "certificate.pem", chainPEM},
		{"ssl_certificate_key", "key.pem", keyPEM},
	} {
		part, err := w.CreateFormFile(file.field, file.name)
		if err == nil {
			_, err = part.Write(file.content)
		}
		if err != nil {
			return report.Unsendable(r, err)
		}
	}
	if err := w.Close(); err != nil {
		return report.Unsendable(r, err)
	}
	r.Body, r.Type, r.Secrets = body.Bytes(), w.FormDataContentType(), []string{string(keyPEM)}
	return c.carryOut(ctx, r)
}
