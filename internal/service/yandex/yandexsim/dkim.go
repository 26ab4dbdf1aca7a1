package yandexsim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// dkimName is the name of the record with the public key, below the domain. The service has one
// selector.
const dkimName = "mail._domainkey"

// enableDKIM is POST dkim/enable. The first call makes a key, which the domain keeps. If the zone
// is delegated to the service, it also publishes the key.
func (s *Service) enableDKIM(c *call) (object, error) {
	d, err := s.snapshot(c)
	if err != nil {
		return nil, err
	}
	var private []byte
	text := d.DKIM.Text
	if text == "" {
		if private, text, err = newKey(c.behaviour.dkimBits); err != nil {
			return nil, fmt.Errorf("making a DKIM key for %s: %w", d.Name, err)
		}
	}
	err = s.change(c, func(st *State, current *Domain) error {
		switch {
		case current.DKIM.Text != "":
			text = current.DKIM.Text // another call was faster
		case private == nil:
			return codeUnknown // the domain has been registered anew meanwhile
		default:
			if err := s.config.Store.PutKey(current.keyName(), private); err != nil {
				return err
			}
		}
		current.DKIM = DKIM{Enabled: true, Text: text}
		if z := st.zone(current.Name); z != nil && current.Delegated {
			st.publishKey(z, text)
		}
		return nil
	})
	return object{"dkim": object{"enabled": "yes", "txtrecord": text}}, err
}

// disableDKIM is POST dkim/disable.
func (s *Service) disableDKIM(c *call) (object, error) {
	return object{}, s.change(c, func(st *State, d *Domain) error {
		d.DKIM.Enabled = false
		if z := st.zone(d.Name); z != nil && d.Delegated {
			st.removeKey(z)
		}
		return nil
	})
}

// dkimStatus is GET dkim/status. It checks whether the record exists.
func (s *Service) dkimStatus(c *call) (object, error) {
	d, err := s.snapshot(c)
	if err != nil {
		return nil, err
	}
	published := s.isPublished(c, &d)
	dkim := object{
		"enabled": yesNo(d.DKIM.Enabled), "txtrecord": d.DKIM.Text,
		"nsready": yesNo(published), "mailready": yesNo(published && d.DKIM.Enabled && d.Status == StatusAdded),
	}
	if c.FormValue("secretkey") == "yes" && d.DKIM.Text != "" {
		private, err := s.config.Store.Key(d.keyName())
		if err != nil {
			return nil, err
		}
		dkim["secretkey"] = string(private)
	}
	return object{"dkim": dkim}, nil
}

// isPublished is whether the DNS has the domain's key.
func (s *Service) isPublished(c *call, d *Domain) bool {
	ours, err := mailrecord.ParseDKIM(d.DKIM.Text)
	return err == nil && slices.ContainsFunc(s.look(c.Context()).data(dkimName+"."+d.Name, "TXT"), func(text string) bool {
		theirs, err := mailrecord.ParseDKIM(text)
		return err == nil && theirs.SameKey(ours)
	})
}

// keyName is the name of the domain's private key in the store.
func (d *Domain) keyName() string { return Section + "/dkim/" + d.Name }

// newKey makes a key and the record for it (RFC 6376 section 3.6.1).
func newKey(bits int) (private []byte, text string, err error) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, "", err
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, "", err
	}
	private = pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return private, "v=DKIM1; k=rsa; t=s; p=" + base64.StdEncoding.EncodeToString(der), nil
}

// publishKey puts the record into the domain's zone, and replaces an earlier one.
func (st *State) publishKey(z *Zone, text string) {
	st.removeKey(z)
	st.addRecord(z, Record{Type: "TXT", Subdomain: dkimName, Content: text, TTL: defaultTTL})
}

func (st *State) removeKey(z *Zone) {
	st.Changes++
	z.Records = slices.DeleteFunc(z.Records, func(r Record) bool { return r.Type == "TXT" && r.Subdomain == dkimName })
}
