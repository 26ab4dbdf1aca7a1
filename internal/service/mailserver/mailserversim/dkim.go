package mailserversim

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// dkimSelector is the only selector that the program knows.
const dkimSelector = "mail"

// DKIMTables are the files in which the server's signer finds the key of a sender. A domain that is
// missing in either sends unsigned mail, whatever its key files hold.
type DKIMTables struct {
	// KeyTable maps the name of a key to its domain, selector and file.
	KeyTable []string `json:"key_table,omitempty"`
	// SigningTable maps senders to the name of a key.
	SigningTable []string `json:"signing_table,omitempty"`
	// Unreadable are the domains whose private key the signer cannot read. Their mail is deferred.
	Unreadable []string `json:"unreadable,omitempty"`
}

// with returns the tables with the domain's entries added, unless they are there.
func (t DKIMTables) with(domain string) DKIMTables {
	key := dkimSelector + "._domainkey." + domain
	return DKIMTables{
		KeyTable: withLine(t.KeyTable, fmt.Sprintf("%s %s:%s:/etc/opendkim/keys/%s/%s.private",
			key, domain, dkimSelector, domain, dkimSelector)),
		SigningTable: withLine(t.SigningTable, fmt.Sprintf("*@%s %s", domain, key)),
	}
}

func withLine(lines []string, line string) []string {
	if slices.Contains(lines, line) {
		return slices.Clone(lines)
	}
	return append(slices.Clone(lines), line)
}

// addDKIM is POST /dkim/add-new-domain. It makes a key for any name, and replaces an earlier one.
// It reads the tables, makes the key and writes the tables as they were read with the new entries,
// so that an entry from a parallel call is lost. The file of a new key belongs to root until the
// signer becomes the owner of the files in the working directory at that time.
func (s *Service) addDKIM(c *call) (answer, error) {
	domain := c.PostFormValue("domain")
	var tables DKIMTables
	if err := s.view(func(st *State) error {
		tables = st.DKIM.with(domain)
		return nil
	}); err != nil {
		return answer{}, err
	}
	if err := s.enter(keysFolder + domain); err != nil {
		return answer{}, err
	}
	hadKey, err := s.hasKey(domain)
	if err != nil {
		return answer{}, err
	}
	key, err := s.makeKey(c.behaviour.dkimBits)
	if err != nil {
		return answer{}, fmt.Errorf("making a DKIM key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return answer{}, fmt.Errorf("writing the DKIM key of %q: %w", domain, err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	public, err := dkimZoneFile(domain, &key.PublicKey)
	if err != nil {
		return answer{}, err
	}
	if err := s.store.PutKey(dkimKeyName(domain), private); err != nil {
		return answer{}, err
	}
	if err := s.update(func(st *State) error {
		st.DKIM.KeyTable, st.DKIM.SigningTable = tables.KeyTable, tables.SigningTable
		if !hadKey { // a file that is there keeps its owner
			st.DKIM.Unreadable = append(st.DKIM.Unreadable, domain)
		}
		st.giveKeyToSigner()
		return nil
	}); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: object{"result": true, "public": public, "private": string(private)}}, nil
}

// dkimFiles returns the content of a domain's key files, empty texts if there are none. File names
// are case-sensitive, so another spelling of the domain has none.
func (s *Service) dkimFiles(domain string) (public, private string, err error) {
	content, err := s.store.Key(dkimKeyName(domain))
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return "", "", fmt.Errorf("the DKIM key file of %q holds no PEM block: delete it, and add the domain to DKIM again", domain)
	}
	key, err := parseRSAKey(block)
	if err != nil {
		return "", "", fmt.Errorf("the DKIM key file of %q can't be read: %w", domain, err)
	}
	public, err = dkimZoneFile(domain, &key.PublicKey)
	return public, string(content), err
}

// parseRSAKey reads a private key in either of its forms: earlier versions of the sandbox wrote the
// older one.
func parseRSAKey(block *pem.Block) (*rsa.PrivateKey, error) {
	if block.Type == "RSA PRIVATE KEY" {
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, isRSA := parsed.(*rsa.PrivateKey)
	if !isRSA {
		return nil, errors.New("it is no RSA key")
	}
	return key, nil
}

// dkimKeyName is the name of a domain's private key in the store. The public text is derived from
// the key.
func dkimKeyName(domain string) string { return Section + "/dkim/" + domain }

// dkimZoneFile writes a public key as a record of a zone file (RFC 1035 section 5, RFC 6376 section
// 3.6.1), laid out as opendkim-genkey does: the value in several strings, on several lines, in
// parentheses.
func dkimZoneFile(domain string, key *rsa.PublicKey) (string, error) {
	const stringBytes = 250 // a string of a TXT record has at most 255
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("writing the DKIM record of %q: %w", domain, err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s._domainkey\tIN\tTXT\t( \"v=DKIM1; h=sha256; k=rsa; \"", dkimSelector)
	for part := range slices.Chunk([]byte("p="+base64.StdEncoding.EncodeToString(der)), stringBytes) {
		fmt.Fprintf(&text, "\n\t  \"%s\"", part)
	}
	text.WriteString(" )")
	if domain != "" {
		fmt.Fprintf(&text, "  ; ----- DKIM key %s for %s", dkimSelector, domain)
	}
	return text.String() + "\n", nil
}
