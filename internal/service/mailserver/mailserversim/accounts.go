package mailserversim

import (
	"net/http"
	"strconv"
	"strings"
)

// listAccounts is GET /users/:domain_id. Like listDomains it ignores the database's error, but here
// no rows are an empty list.
func (s *Service) listAccounts(c *call) (answer, error) {
	type listed struct {
		ID       uint64 `json:"id"`
		DomainID uint64 `json:"domain_id"`
		Email    string `json:"email"`
	}
	domainID := pathID(c)
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

// createAccount is POST /users/:domain_id, which takes the domain's id from the form, or with
// [SwitchDocumentedUserPath], POST /user/:domain_id, which takes it from the path. It checks only
// that the email is new, and not whether the database stored the account.
func (s *Service) createAccount(c *call) (answer, error) {
	form := c.read(accountFields)
	domainID, email := form.numbers["domain_id"], form.texts["email"]
	if c.behaviour.documentedUserPath {
		domainID = pathID(c)
	}
	if c.behaviour.databaseDown {
		return success, nil
	}
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
	passwordHash := s.sentHash(form)
	if err := s.update(func(st *State) error {
		st.insertAccount(domainID, email, passwordHash)
		return nil
	}); err != nil {
		return answer{}, err
	}
	return success, nil
}

// changePassword is POST /user-change-password. The program answers first and changes the password
// afterwards. The answer does not tell the outcome, and if the database stops in between, the
// change is lost.
func (s *Service) changePassword(c *call) (answer, error) {
	form := c.read(accountFields)
	id, domainID := form.numbers["id"], form.numbers["domain_id"]
	if id == 0 || domainID == 0 {
		return success, nil
	}
	passwordHash := s.sentHash(form)
	if c.behaviour.databaseDown || !fits(passwordHash, passwordHashWidth) {
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

// deleteAccount is DELETE /users. It refuses only a call without an email, in a form that no other
// call has.
func (s *Service) deleteAccount(c *call) (answer, error) {
	email := c.read(deleteAccountFields).texts["email"]
	if email == "" {
		return failure("msg", emailMissing), nil
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

// emailMissing is the reason of a refusal: the validator's error, written as JSON by accident.
var emailMissing = []missingField{{Name: "Email"}}

type missingField struct {
	Name                     string
	Err                      struct{}
	CustomErrorMessageExists bool
}

// sentHash returns what the call wants stored as the password's hash.
func (s *Service) sentHash(f form) string {
	if f.texts["is_encrypted"] != "" {
		return f.texts["password"]
	}
	return s.hashPassword(f.texts["password"])
}

// hashedBytes is how many bytes of a password are hashed.
const hashedBytes = 256

// hashPassword behaves like the program, which passes the password on a command line. One that
// begins with a hyphen is taken for an option, and there is no hash. The command silently cuts a
// long password.
func hashPassword(password string) string {
	if strings.HasPrefix(password, "-") {
		return ""
	}
	return md5Crypt(password[:min(len(password), hashedBytes)], newSalt())
}

// pathID reads the id of a path. If it is not a number, it is 0, which no row has.
func pathID(c *call) uint64 {
	id, err := strconv.ParseUint(c.pathID, 10, 64)
	if err != nil {
		return 0
	}
	return id
}
