package mailserversim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// databaseError is the message of the program's database driver when nothing listens at the
// database's port.
const databaseError = "dial tcp 127.0.0.1:3306: connect: connection refused"

// listDomains is GET /domains. It ignores the database's error, and no rows are null.
func (s *Service) listDomains(c *call) (answer, error) {
	type listed struct {
		ID         uint64 `json:"id"`
		Name       string `json:"name"`
		UsersCount int    `json:"users_count"`
	}
	var domains []listed
	if !c.behaviour.databaseDown {
		err := s.view(func(st *State) error {
			count := make(map[uint64]int, len(st.Domains))
			for _, account := range st.Accounts {
				count[account.DomainID]++
			}
			for _, domain := range slices.Backward(st.Domains) { // newest first
				domains = append(domains, listed{ID: domain.ID, Name: domain.Name, UsersCount: count[domain.ID]})
			}
			return nil
		})
		if err != nil {
			return answer{}, err
		}
	}
	return answer{status: http.StatusOK, body: object{"domains": domains}}, nil
}

// createDomain is POST /domains. It looks for the name, inserts the domain and inserts the account
// in separate steps. So two parallel calls can insert one name twice, and if the email is refused,
// there is a domain without an account.
func (s *Service) createDomain(c *call) (answer, error) {
	form := c.read(newDomainFields)
	name, email, password := form.texts["domain"], form.texts["username"], form.texts["password"]
	if reason := invalid(
		field{"DomainName", name, "host", validHost},
		field{"Username", email, "email", validEmail},
		field{"Password", password, "", nil},
	); reason != "" {
		return failure("error_msg", reason), nil
	}
	if c.behaviour.databaseDown {
		return failure("error_msg", databaseError), nil
	}

	var domainTaken, emailTaken bool
	if err := s.view(func(st *State) error {
		_, domainTaken = st.domain(name)
		return nil
	}); err != nil {
		return answer{}, err
	}
	if domainTaken {
		return failure("error_msg", "Domain is already exist"), nil
	}
	passwordHash := s.hashPassword(password)

	if !fits(name, domainNameWidth) {
		return failure("error_msg", "Error 1406: Data too long for column 'name' at row 1"), nil
	}
	var id uint64
	if err := s.update(func(st *State) error {
		id = st.insertDomain(name)
		emailTaken = st.emailTaken(email)
		return nil
	}); err != nil {
		return answer{}, err
	}
	if emailTaken {
		return failure("error_msg", "User already exist!"), nil
	}
	if c.behaviour.silentCreate {
		return success, nil
	}
	if err := s.update(func(st *State) error {
		st.insertAccount(id, email, passwordHash)
		return nil
	}); err != nil {
		return answer{}, err
	}
	return success, nil
}

// deleteDomain is DELETE /domain, a success for every host name. It deletes the mail whether or not
// the database has deleted the row. The domain's DKIM key files stay.
func (s *Service) deleteDomain(c *call) (answer, error) {
	name := c.read(domainFields).texts["domain"]
	if reason := invalid(field{"DomainName", name, "host", validHost}); reason != "" {
		return failure("error_msg", reason), nil
	}
	if err := s.update(func(st *State) error {
		if c.behaviour.databaseDown {
			st.LostMail = append(st.LostMail, name)
			return nil
		}
		st.deleteDomain(name)
		return nil
	}); err != nil {
		return answer{}, err
	}
	return success, nil
}

// exportDomain is GET /export/domain: it leaves an archive of the domain's mail on the server, and
// returns its password hashes and its DKIM private key.
func (s *Service) exportDomain(c *call) (answer, error) {
	type exportedAccount struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}
	type exportedDKIM struct {
		Public  string `json:"public"`
		Private string `json:"private"`
	}
	var export struct {
		Accounts    []exportedAccount `json:"accounts"`
		DKIM        exportedDKIM      `json:"dkim"`
		DomainName  string            `json:"domainName"`
		GeneratedAt string            `json:"generatedAt"`
		Filename    string            `json:"export_filename"`
	}
	name := c.read(domainFields).texts["domain"]
	if reason := invalid(field{"DomainName", name, "host", validHost}); reason != "" {
		return failure("error_msg", reason), nil
	}
	if err := s.enter(mailFolder); err != nil {
		return answer{}, err
	}
	if is, err := s.isIn(mailFolder); err != nil || !is {
		return failure("error_msg", "exit status 1"), err // tar has not found the folder, so mv has nothing to move
	}
	if c.behaviour.databaseDown {
		return answer{status: http.StatusOK, body: export}, nil
	}

	var found bool
	if err := s.update(func(st *State) error {
		var domain Domain
		if domain, found = st.domain(name); !found {
			return nil
		}
		now := s.now()
		export.DomainName = name
		export.GeneratedAt = now.Format("2006-01-02 15:04:05")
		export.Filename = fmt.Sprintf("/opt/easymail/backupsByDomain/%s/%s.tar.gz", name, now.Format("2006-01-02"))
		for _, account := range st.accounts(domain.ID) {
			export.Accounts = append(export.Accounts, exportedAccount{Email: account.Email, Password: account.PasswordHash})
		}
		st.Archives = append(st.Archives, Archive{Domain: name, Path: export.Filename, GeneratedAt: now})
		return nil
	}); err != nil {
		return answer{}, err
	}
	if found {
		var err error
		if export.DKIM.Public, export.DKIM.Private, err = s.dkimFiles(name); err != nil {
			return answer{}, err
		}
	}
	return answer{status: http.StatusOK, body: export}, nil
}

// field is a form field that the program checks.
type field struct {
	name, value string
	kind        string // what the program calls the check
	valid       func(value string) bool
}

// invalid returns the program's complaint about the fields, empty if there is none.
func invalid(fields ...field) string {
	var reasons strings.Builder
	for _, f := range fields {
		switch {
		case f.value == "":
			fmt.Fprintf(&reasons, "%s: non zero value required;", f.name)
		case f.valid != nil && !f.valid(f.value):
			fmt.Fprintf(&reasons, "%s: %s does not validate as %s;", f.name, f.value, f.kind)
		}
	}
	return reasons.String()
}
