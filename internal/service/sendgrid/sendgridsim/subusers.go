package sendgridsim

import (
	"net/http"
	"slices"
)

// mostAssociated is the most domains that can be associated with a subuser.
const mostAssociated = 5

// addIP is POST /whitelabel/domains/ID/ips.
func (s *Service) addIP(c *call) (answer, error) {
	var body struct {
		IP string `json:"ip"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if err := checkIP("ip", body.IP); err != nil {
		return answer{}, err
	}
	return s.edit(c, http.StatusOK, func(_ *State, d *Domain) error {
		if d.AutomaticSecurity {
			return manualOnly("ip")
		}
		if !slices.Contains(d.IPs, body.IP) {
			d.IPs = append(d.IPs, body.IP)
			d.specify()
		}
		return nil
	})
}

// removeIP is DELETE /whitelabel/domains/ID/ips/IP.
func (s *Service) removeIP(c *call) (answer, error) {
	return s.edit(c, http.StatusOK, func(_ *State, d *Domain) error {
		i := slices.Index(d.IPs, c.ip)
		if i < 0 {
			return notFound()
		}
		d.IPs = slices.Delete(d.IPs, i, i+1)
		d.specify()
		return nil
	})
}

// edit changes the domain of the path and shows it.
func (s *Service) edit(c *call, status int, change func(st *State, d *Domain) error) (answer, error) {
	var shown domainAnswer
	err := s.change(func(st *State) error {
		d, err := st.find(c)
		if err == nil {
			err = change(st, d)
		}
		if err == nil {
			shown = c.showOne(d)
		}
		return err
	})
	return answer{status, shown}, err
}

// associate is POST /whitelabel/domains/ID/subuser: the subuser then has only this domain.
func (s *Service) associate(c *call) (answer, error) {
	name, err := c.subuserInBody()
	if err != nil {
		return answer{}, err
	}
	return s.edit(c, http.StatusCreated, func(st *State, d *Domain) error {
		for _, other := range st.associated(c, name) {
			other.dissociate(name)
		}
		d.Subusers = append(d.Subusers, name)
		return nil
	})
}

// associateMore is POST /whitelabel/domains/ID/subuser:add: the subuser has this domain besides
// others.
func (s *Service) associateMore(c *call) (answer, error) {
	name, err := c.subuserInBody()
	if err != nil {
		return answer{}, err
	}
	return s.edit(c, http.StatusCreated, func(st *State, d *Domain) error {
		switch {
		case slices.Contains(d.Subusers, name):
			return nil
		case len(st.associated(c, name)) >= mostAssociated:
			return refuse(http.StatusBadRequest, "username", "the subuser already has the maximum of five associated domains")
		}
		d.Subusers = append(d.Subusers, name)
		return nil
	})
}

func (c *call) subuserInBody() (string, error) {
	var body struct {
		Username string `json:"username"`
	}
	if err := c.decode(&body); err != nil {
		return "", err
	}
	return body.Username, c.checkSubuser(body.Username)
}

func (c *call) checkSubuser(name string) error {
	if _, ok := c.user.subuser(name, c.region); !ok {
		return refuse(http.StatusBadRequest, "username", "username is invalid")
	}
	return nil
}

// associated returns the caller's domains that a subuser has been given.
func (st *State) associated(c *call, name string) []*Domain {
	var found []*Domain
	for _, d := range st.Domains {
		if d.Region == c.region && c.user.sees(d.Owner) && slices.Contains(d.Subusers, name) {
			found = append(found, d)
		}
	}
	return found
}

func (d *Domain) dissociate(name string) {
	d.Subusers = slices.DeleteFunc(d.Subusers, func(other string) bool { return other == name })
}

// dissociate is DELETE /whitelabel/domains/ID/subuser.
func (s *Service) dissociate(c *call) (answer, error) {
	name := c.URL.Query().Get("username")
	_, err := s.edit(c, http.StatusNoContent, func(_ *State, d *Domain) error {
		if err := c.checkSubuser(name); err != nil {
			return err
		}
		d.dissociate(name)
		return nil
	})
	return answer{status: http.StatusNoContent}, err
}

// dissociateAll is DELETE /whitelabel/domains/subuser.
func (s *Service) dissociateAll(c *call) (answer, error) {
	name := c.URL.Query().Get("username")
	err := s.change(func(st *State) error {
		if err := c.checkSubuser(name); err != nil {
			return err
		}
		for _, d := range st.associated(c, name) {
			d.dissociate(name)
		}
		return nil
	})
	return answer{status: http.StatusNoContent}, err
}

// domainOfSubuser is GET /whitelabel/domains/subuser: one domain, the first.
func (s *Service) domainOfSubuser(c *call) (answer, error) {
	all, err := s.shownOfSubuser(c)
	if err == nil && len(all) == 0 {
		err = notFound()
	}
	if err != nil {
		return answer{}, err
	}
	one := all[0]
	if c.behaviour.asDescribed {
		one.Subusers, one.LastValidation = nil, 0
	}
	return answer{http.StatusOK, one}, nil
}

// domainsOfSubuser is GET /whitelabel/domains/subuser/all.
func (s *Service) domainsOfSubuser(c *call) (answer, error) {
	all, err := s.shownOfSubuser(c)
	return answer{http.StatusOK, all}, err
}

func (s *Service) shownOfSubuser(c *call) ([]domainAnswer, error) {
	name := c.URL.Query().Get("username")
	shown := []domainAnswer{}
	err := s.view(func(st *State) error {
		if err := c.checkSubuser(name); err != nil {
			return err
		}
		for _, d := range st.associated(c, name) {
			shown = append(shown, c.show(d))
		}
		return nil
	})
	return shown, err
}
