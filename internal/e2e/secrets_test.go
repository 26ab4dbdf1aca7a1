package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"io/fs"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const secretConfig = `
variable "admin_password" {
  type      = string
  ephemeral = true
}
variable "user_password" {
  type      = string
  ephemeral = true
}
variable "user_hash" {
  type      = string
  ephemeral = true
}
variable "tls_key" {
  type      = string
  ephemeral = true
}
variable "next_version" {
  default = 1
}

resource "postmaster_mail_domain" "d" {
  domain        = "example.com"
  force_destroy = true
  first_account = {
    password_wo         = var.admin_password
    password_wo_version = var.next_version
  }
}
resource "postmaster_mail_user" "password" {
  mail_domain_id      = postmaster_mail_domain.d.id
  local_part          = "alice"
  password_wo         = var.user_password
  password_wo_version = var.next_version
  force_destroy       = true
}
resource "postmaster_mail_user" "hash" {
  mail_domain_id           = postmaster_mail_domain.d.id
  local_part               = "bob"
  password_hash_wo         = var.user_hash
  password_hash_wo_version = var.next_version
  force_destroy            = true
}
resource "postmaster_dkim_key" "k" {
  mail_domain_id = postmaster_mail_domain.d.id
}
resource "postmaster_mail_domain_export" "e" {
  mail_domain_id = postmaster_mail_domain.d.id
  depends_on     = [postmaster_mail_user.password, postmaster_mail_user.hash, postmaster_dkim_key.k]
}
resource "postmaster_tls_certificate" "t" {
  hostname                   = "mail.example.com"
  certificate_pem            = file("certificate.pem")
  private_key_pem_wo         = var.tls_key
  private_key_pem_wo_version = var.next_version
}
`

// Secrets from write-only arguments, and secrets that only the server knows, are nowhere but where
// they belong.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t, "mail.example.com")
	given := map[string]string{
		"admin_password": "admin+secret/7d1c 9e",
		"user_password":  "user&secret\"42b8",
		"user_hash":      "$1$s3cr3t00$Qm3YbXQ1Y8y1V5i0aYv1u/",
		"tls_key":        key,
	}
	for _, variant := range []string{"sandbox", "server"} {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			var provider, file string
			if variant == "sandbox" {
				file = filepath.Join(t.TempDir(), "sandbox.json")
				provider = world.SandboxBlock(file, "")
			} else {
				s := world.StartMailServer(t)
				file = s.File
				// The provider's own password comes from the environment.
				provider = strings.Replace(s.Provider(t), `password = "`+mailserversim.Password+`"`, "", 1)
			}
			w := newWorkspace(t, provider+secretConfig)
			w.write(t, "certificate.pem", certificate)
			w.Setenv("MAILSERVER_PASSWORD", mailserversim.Password)
			w.Setenv("TF_LOG", "trace")
			w.Setenv("TF_LOG_PATH", filepath.Join(w.Dir, "trace.log"))
			for name, value := range given {
				w.Setenv("TF_VAR_"+name, value)
			}

			var printed strings.Builder
			for _, args := range [][]string{
				{"plan", "-no-color", "-input=false", "-out=first.tfplan"},
				{"apply", "-no-color", "-input=false", "first.tfplan"},
				{"plan", "-no-color", "-input=false", "-var=next_version=2", "-out=second.tfplan"},
				{"show", "-json", "second.tfplan"},
				{"apply", "-no-color", "-input=false", "second.tfplan"},
				{"show", "-json"},
			} {
				printed.WriteString(w.must(t, args...))
			}
			// Errors must not show secrets either: each of these exists now.
			w.must(t, "state", "rm", "postmaster_mail_user.password", "postmaster_mail_user.hash", "postmaster_dkim_key.k")
			out, ok := w.apply(t)
			if ok {
				t.Error("mailboxes that exist were created once more")
			}
			printed.WriteString(out)

			secrets := secretsOf(t, given, file)
			places := map[string]string{"what is printed": printed.String()}
			collect(t, w.Dir, places)
			for place, text := range places {
				for name, secret := range secrets {
					for _, form := range written(secret) {
						if strings.Contains(text, form) {
							t.Errorf("%s is in %s", name, place)
							break
						}
					}
				}
			}
			if len(places["trace.log"]) < 100_000 {
				t.Errorf("the log has only %d bytes: was tracing on?", len(places["trace.log"]))
			}
			sandboxFile, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for name, secret := range secrets {
				hash := strings.HasPrefix(secret, "$1$") // which the server keeps, as it must
				if !hash && strings.Contains(string(sandboxFile), secret) {
					t.Errorf("%s is in the sandbox's file", name)
				}
			}
		})
	}
}

// secretsOf returns the secrets that were given and those that the server made: password hashes,
// and one line from the middle of each private key.
func secretsOf(t *testing.T, given map[string]string, file string) map[string]string {
	t.Helper()
	secrets := map[string]string{"the provider's password": mailserversim.Password}
	for name, value := range given {
		secrets[name] = middleLine(value)
	}
	for _, account := range world.MailServerState(t, file).Accounts {
		secrets["the hash of "+account.Email] = account.PasswordHash
	}
	keys := 0
	folder := strings.TrimSuffix(file, filepath.Ext(file)) + ".keys"
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			if strings.HasSuffix(block.Type, "PRIVATE KEY") {
				keys++
				secrets["the private key in "+entry.Name()] = middleLine(string(pem.EncodeToMemory(block)))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if keys == 0 {
		t.Error("the server has made no private key to look for")
	}
	return secrets
}

// written returns the forms in which a text may contain a secret: as it is, in JSON, and in a URL
// or form.
func written(secret string) []string {
	quoted, err := json.Marshal(secret)
	if err != nil {
		return []string{secret}
	}
	return []string{secret, strings.Trim(string(quoted), `"`), strings.Trim(strconv.Quote(secret), `"`), url.QueryEscape(secret), url.PathEscape(secret)}
}

// middleLine returns the middle line of a text. In a PEM text this is a line of base64.
func middleLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)/2]
}

// collect reads all files below a folder. It unpacks plan files.
func collect(t *testing.T, folder string, into map[string]string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".tfplan") {
			return unpack(text, name, into)
		}
		into[name] = readable(text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func unpack(archive []byte, name string, into map[string]string) error {
	reader, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	for _, file := range reader.File {
		f, err := file.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		into[name+": "+file.Name] = readable(text)
	}
	return nil
}

// encoded matches base64 in quotes. A state has a provider's private data in this form, and that
// data has its values in it once more.
var encoded = regexp.MustCompile(`"([A-Za-z0-9+/]{8,}={0,2})"`)

// readable returns a text, followed by the decoded parts of it.
func readable(text []byte) string {
	out := slices.Clone(text)
	for _, m := range encoded.FindAllSubmatch(text, -1) {
		if plain, err := base64.StdEncoding.DecodeString(string(m[1])); err == nil {
			out = append(append(out, '\n'), readable(plain)...)
		}
	}
	return string(out)
}

// selfSigned returns a certificate and its key in PEM form.
func selfSigned(t *testing.T, hostname string) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: hostname},
		DNSNames:     []string{hostname},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(48 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
}
