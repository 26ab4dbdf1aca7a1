package sendgridsim

import (
	"net/http"
	"net/mail"
)

// emailRecords is POST /whitelabel/dns/email, which mails the records of a domain to a person who
// can publish them. Nothing is sent here. Links are not simulated, so any number counts as one. In
// a refusal, "errors" is an object, unlike in calls about domains.
func (s *Service) emailRecords(c *call) (answer, error) {
	var body struct {
		LinkID   *int64 `json:"link_id"`
		DomainID *int64 `json:"domain_id"`
		Email    string `json:"email"`
	}
	c.behaviour.errorsAsObject = true
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	address, err := mail.ParseAddress(body.Email)
	switch {
	case body.LinkID == nil || *body.LinkID < 0:
		return answer{}, refuse(http.StatusBadRequest, "link_id", "link_id is required")
	case body.DomainID == nil || *body.DomainID < 0:
		return answer{}, refuse(http.StatusBadRequest, "domain_id", "domain_id is required")
	case err != nil || address.Address != body.Email:
		return answer{}, refuse(http.StatusBadRequest, "email", "email is invalid")
	}
	err = s.view(func(st *State) error {
		d, ok := st.byID(*body.DomainID)
		if !ok || d.Region != c.region || !c.user.sees(d.Owner) {
			return refuse(http.StatusBadRequest, "domain_id", "domain_id is invalid")
		}
		return nil
	})
	return answer{status: http.StatusNoContent}, err
}
