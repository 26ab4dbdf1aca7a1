package estate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// maxInput limits what is read: the state of a hundred thousand mailboxes is smaller.
const maxInput = 512 << 20

// document is the output of `terraform show -json` for a state or a plan.
type document struct {
	FormatVersion string  `json:"format_version"`
	Values        *values `json:"values"`
	// PriorState is the state that a plan was made from. It is what exists.
	PriorState *struct {
		Values *values `json:"values"`
	} `json:"prior_state"`
	// PlannedValues tells a plan. Only its marks are read: the configuration may mark what it did not
	// mark when the state was written.
	PlannedValues *values `json:"planned_values"`
}

type values struct {
	RootModule module `json:"root_module"`
}

type module struct {
	Resources    []object `json:"resources"`
	ChildModules []module `json:"child_modules"`
}

// object is a resource of any provider. Its values stay undecoded until its type is known.
type object struct {
	Address   string          `json:"address"`
	Mode      string          `json:"mode"`
	Type      string          `json:"type"`
	Values    json.RawMessage `json:"values"`
	Sensitive json.RawMessage `json:"sensitive_values"`
}

// The types below are the allow-list: the attributes that are read, by the type of the resource.
type (
	mailDomain struct {
		ID           string `json:"id"`
		Domain       string `json:"domain"`
		FirstAccount *struct {
			LocalPart string `json:"local_part"`
		} `json:"first_account"`
	}

	mailUser struct {
		MailDomainID string `json:"mail_domain_id"`
		LocalPart    string `json:"local_part"`
	}

	senderDomain struct {
		ID     string `json:"id"`
		Domain string `json:"domain"`
	}

	dkimKey struct {
		MailDomainID string            `json:"mail_domain_id"`
		Selector     string            `json:"selector"`
		KeyType      string            `json:"key_type"`
		KeyBits      int               `json:"key_bits"`
		Keepers      map[string]string `json:"keepers"` // dates only; see since
	}

	authorization struct {
		ID       string `json:"id"`
		Domain   string `json:"domain"`
		Provider string `json:"dns_provider"`
		Zone     string `json:"zone"`
	}

	publishedRecords struct {
		AuthorizationID string                     `json:"dns_authorization_id"`
		Zone            string                     `json:"zone"`
		Published       map[string]publishedRecord `json:"published"`
	}

	publishedRecord struct {
		Name     string  `json:"name"`
		Type     string  `json:"type"`
		Value    *string `json:"value"`
		Priority *uint16 `json:"priority"`
	}

	verification struct {
		DomainID   string `json:"domain_id"`
		Valid      *bool  `json:"valid"`
		VerifiedAt string `json:"verified_at"`
	}

	// installedCertificate is one of either resource.
	installedCertificate struct {
		Hostname  string `json:"hostname"`
		Issuer    string `json:"issuer"`
		NotBefore string `json:"not_before"`
		NotAfter  string `json:"not_after"`
	}
)

// state is what was read, object by object.
type state struct {
	plan           bool
	mailDomains    []mailDomain
	mailUsers      []mailUser
	senderDomains  []senderDomain
	keys           []dkimKey
	authorizations []authorization
	records        []publishedRecords
	verifications  []verification
	certificates   []installedCertificate
	// withheld counts the allowed attributes that the configuration marks as sensitive.
	withheld int
	secrets  secrets
}

// readState reads the output of `terraform show -json`.
func readState(from io.Reader) (*state, error) {
	text, err := io.ReadAll(io.LimitReader(from, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	if len(text) > maxInput {
		return nil, fmt.Errorf("the state is larger than %d MiB", maxInput>>20)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("there is nothing to read: pipe the output of `terraform show -json` into this command")
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		// The error of the JSON package may quote a value, which may be a secret.
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("this is not the output of `terraform show -json`: no JSON from byte %d on", syntax.Offset)
		}
		return nil, errors.New("this is not the output of `terraform show -json`: it has another structure")
	}
	if d.FormatVersion == "" {
		return nil, errors.New("this is not the output of `terraform show -json`: it has no format_version. A state file has another form, so run `terraform show -json` in the folder of the configuration")
	}
	if major, _, _ := strings.Cut(d.FormatVersion, "."); major != "0" && major != "1" {
		return nil, fmt.Errorf("the output of `terraform show -json` has the format version %.20q; this version of the provider reads 0 and 1", d.FormatVersion)
	}
	s := &state{plan: d.PriorState != nil || d.PlannedValues != nil}
	held := d.Values
	if d.PriorState != nil {
		held = d.PriorState.Values
	}
	if held == nil {
		return s, nil
	}
	objects := managed(held.RootModule)
	if d.PlannedValues != nil {
		addMarks(objects, managed(d.PlannedValues.RootModule))
	}
	for _, o := range objects {
		s.secrets.collect(o)
	}
	for _, o := range objects {
		if err := s.readObject(o); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// managed returns the resources of a module and of the modules below it, without data sources.
func managed(m module) []object {
	var all []object
	for _, o := range m.Resources {
		if o.Mode == "managed" && strings.HasPrefix(o.Type, "postmaster_") {
			all = append(all, o)
		}
	}
	for _, child := range m.ChildModules {
		all = append(all, managed(child)...)
	}
	return all
}

// readObject reads an object of one of the known types, and ignores all others.
func (s *state) readObject(o object) error {
	var err error
	switch o.Type {
	case "postmaster_mail_domain":
		s.mailDomains, err = add(s, s.mailDomains, o)
	case "postmaster_mail_user":
		s.mailUsers, err = add(s, s.mailUsers, o)
	case "postmaster_sender_domain":
		s.senderDomains, err = add(s, s.senderDomains, o)
	case "postmaster_dkim_key":
		s.keys, err = add(s, s.keys, o)
	case "postmaster_dns_authorization":
		s.authorizations, err = add(s, s.authorizations, o)
	case "postmaster_dns_records":
		s.records, err = add(s, s.records, o)
	case "postmaster_domain_verification":
		s.verifications, err = add(s, s.verifications, o)
	case "postmaster_letsencrypt_cert", "postmaster_tls_certificate":
		s.certificates, err = add(s, s.certificates, o)
	}
	return err
}

// add decodes an object without what is sensitive.
func add[T any](s *state, to []T, o object) ([]T, error) {
	shown, err := s.secrets.leaveOut(o)
	var one, whole T
	if err == nil {
		err = errors.Join(json.Unmarshal(shown, &one), json.Unmarshal(o.Values, &whole))
	}
	if err != nil {
		return to, fmt.Errorf("an object of type %s has attributes of another form than this version of the provider writes", o.Type)
	}
	if !reflect.DeepEqual(one, whole) {
		s.withheld++
	}
	return append(to, one), nil
}
