package mailserver

import (
	"net/http"
	"strconv"
	"strings"
)

// listAccounts is GET /users/:domain_id. It doesn't look at the database's error either, but here no rows are an empty list.
func (s *Service) listAccounts(c *call) (answer, error) {
	type listed struct {
		ID       uint64 `json:"id"`
		DomainID uint64 `json:"domain_id"`
		Email    string `json:"email"`
	}
	domainID, ok := parseID(c.pathID)
	if !ok {
		return badID, nil
	}
	users := []listed{}
	if !c.behaviour.databaseDown {
		err := s.view(func(st *State) error {
			for _, account := range st.accounts(domainID) {
				users = append(users, listed{ID: account.ID, DomainID: account.DomainID, Email: account.Email})
			}
			return nil
		})
		if err != nil {
			return answer{}, err
		}
	}
	return answer{status: http.StatusOK, body: object{"users": users}}, nil
}

// createAccount is POST /users/:domain_id, which takes the domain's id from the form, or, by [SwitchDocumentedUserPath],
// POST /user/:domain_id, which takes it from the path. It checks nothing but that the email is new, and doesn't look whether
// the database took the account.
func (s *Service) createAccount(c *call) (answer, error) {
	domainID, ok := parseID(c.pathID)
	if ok && !c.behaviour.documentedUserPath {
		domainID, ok = parseID(c.FormValue("domain_id"))
	}
	if !ok {
		return badID, nil
	}
	if c.behaviour.databaseDown {
		return success, nil
	}
	email := c.FormValue("email")
	var taken bool
	if err := s.view(func(st *State) error {
		taken = st.emailTaken(email)
		return nil
	}); err != nil {
		return answer{}, err
	}
	if taken {
		return failure("error", "User already exist!"), nil
	}
	if c.behaviour.silentCreate {
		return success, nil
	}
	passwordHash := s.sentHash(c)
	if err := s.update(func(st *State) error {
		st.insertAccount(domainID, email, passwordHash)
		return nil
	}); err != nil {
		return answer{}, err
	}
	return success, nil
}

// changePassword is POST /user-change-password. The answer is there before the change, and says nothing about it.
func (s *Service) changePassword(c *call) (answer, error) {
	id, ok := parseID(c.FormValue("id"))
	domainID, domainOK := parseID(c.FormValue("domain_id"))
	if !ok || !domainOK {
		return badID, nil
	}
	passwordHash := s.sentHash(c)
	if c.behaviour.databaseDown || len(passwordHash) > passwordHashBytes {
		return success, nil
	}
	if err := s.update(func(st *State) error {
		st.PasswordChanges = append(st.PasswordChanges, PasswordChange{
			AccountID: id, DomainID: domainID, PasswordHash: passwordHash, Due: s.now().Add(c.behaviour.passwordChangeDelay),
		})
		return nil
	}); err != nil {
		return answer{}, err
	}
	return success, nil
}

// deleteAccount is DELETE /users. Only a call without an email is refused, in a form that no other call has.
func (s *Service) deleteAccount(c *call) (answer, error) {
	email := c.FormValue("email")
	if email == "" {
		return failure("msg", []object{{"field": "email", "message": "non zero value required"}}), nil
	}
	if c.behaviour.databaseDown {
		return success, nil
	}
	if err := s.update(func(st *State) error {
		st.deleteAccount(email)
		return nil
	}); err != nil {
		return answer{}, err
	}
	return success, nil
}

// sentHash returns what the call wants stored as the password's hash.
func (s *Service) sentHash(c *call) string {
	if c.FormValue("is_encrypted") != "" {
		return c.FormValue("password")
	}
	return s.hashPassword(c.FormValue("password"))
}

// hashPassword does as the program, which gives the password to a command line: one that begins with a hyphen is taken for
// an option there, and no hash comes out.
func hashPassword(password string) string {
	if strings.HasPrefix(password, "-") {
		return ""
	}
	return md5Crypt(password, newSalt())
}

// parseID reads an id of a path or form. One that is not sent is 0, which no row has.
func parseID(text string) (id uint64, ok bool) {
	if text == "" {
		return 0, true
	}
	id, err := strconv.ParseUint(text, 10, 64)
	return id, err == nil
}
