package yandexsim

import (
	"slices"
	"strconv"
	"strings"
)

// firstUID is where the ids of mailboxes of customers' domains begin: they need more than 32 bits.
const firstUID = 1130000000000001

// addAccount is POST email/add. It needs a domain whose ownership has been shown.
func (s *Service) addAccount(c *call) (object, error) {
	login, password, err := c.credentials()
	if err != nil {
		return nil, err
	}
	sealed, err := sealPassword(password)
	if err != nil {
		return nil, err
	}
	answer := object{"login": login + "@" + c.domain}
	return answer, s.change(c, func(st *State, d *Domain) error {
		if d.Status == StatusDomainActivate {
			return codeNotAllowed
		}
		if d.account(login) != nil {
			return codeOccupied
		}
		st.LastUID = max(st.LastUID+1, firstUID)
		d.Accounts = append(d.Accounts, Account{UID: st.LastUID, Login: login, Password: sealed, Enabled: true})
		answer["uid"] = st.LastUID
		return nil
	})
}

// listAccounts is GET email/list. Each page is from the list at that moment: what is added or
// deleted between two calls moves the rest.
func (s *Service) listAccounts(c *call) (answer object, err error) {
	err = s.view(func(st *State) error {
		d, err := st.of(c)
		if err != nil {
			return err
		}
		p := c.page(defaultAccountsPage, c.behaviour.accountsPage)
		from, to := p.bounds(len(d.Accounts))
		shown := []object{}
		for _, a := range d.Accounts[from:to] {
			shown = append(shown, a.show(d.Name))
		}
		answer = object{
			"page": p.number, "on_page": p.size, "pages": (len(d.Accounts) + p.size - 1) / p.size,
			"total": len(d.Accounts), "found": len(shown), "accounts": shown,
		}
		return nil
	})
	return answer, err
}

func (a *Account) show(domain string) object {
	return object{
		"uid": a.UID, "login": a.Login + "@" + domain, "enabled": yesNo(a.Enabled), "ready": yesNo(a.Ready),
		"fio": strings.TrimSpace(a.LastName + " " + a.FirstName), "iname": a.FirstName, "fname": a.LastName,
		"birth_date": a.BirthDate, "sex": a.Sex, "hintq": a.Question, "aliases": []string{}, "maillist": yesNo(false),
	}
}

// editAccount is POST email/edit. It changes what is sent, and leaves the rest as it is.
func (s *Service) editAccount(c *call) (answer object, err error) {
	var sealed *Password
	if password := c.FormValue("password"); password != "" {
		_, login, err := c.target()
		if err != nil {
			return nil, err
		}
		if err := c.checkPassword(login, password); err != nil {
			return nil, err
		}
		made, err := sealPassword(password)
		if err != nil {
			return nil, err
		}
		sealed = &made
	}
	err = s.changeAccount(c, func(_ *Domain, a *Account) {
		if sealed != nil {
			a.Password = *sealed
		}
		for name, text := range map[string]*string{
			"iname": &a.FirstName, "fname": &a.LastName, "birth_date": &a.BirthDate, "hintq": &a.Question,
		} {
			if c.Form.Has(name) {
				*text = c.FormValue(name)
			}
		}
		switch c.FormValue("enabled") {
		case "yes", "1":
			a.Enabled = true
		case "no", "0":
			a.Enabled = false
		}
		if sex, err := strconv.Atoi(c.FormValue("sex")); err == nil && sex >= 0 && sex <= 2 {
			a.Sex = sex
		}
		shown := a.show(c.domain)
		answer = object{"uid": a.UID, "login": shown["login"], "account": shown}
	})
	return answer, err
}

// deleteAccount is POST email/del.
func (s *Service) deleteAccount(c *call) (answer object, err error) {
	err = s.changeAccount(c, func(d *Domain, a *Account) {
		answer = object{"uid": a.UID, "login": a.Login + "@" + d.Name}
		uid := a.UID
		d.Accounts = slices.DeleteFunc(d.Accounts, func(other Account) bool { return other.UID == uid })
	})
	return answer, err
}

// countMessages is GET email/counters.
func (s *Service) countMessages(c *call) (answer object, err error) {
	uid, login, err := c.target()
	if err != nil {
		return nil, err
	}
	err = s.view(func(st *State) error {
		d, err := st.of(c)
		if err != nil {
			return err
		}
		a := d.find(uid, login)
		if a == nil {
			return codeAccountNotFound
		}
		answer = object{
			"uid": a.UID, "login": a.Login + "@" + d.Name, "counters": object{"unread": a.Unread, "new": a.New},
		}
		return nil
	})
	return answer, err
}

// changeAccount calls fn with the mailbox that a call names, to change.
func (s *Service) changeAccount(c *call, fn func(d *Domain, a *Account)) error {
	uid, login, err := c.target()
	if err != nil {
		return err
	}
	return s.change(c, func(_ *State, d *Domain) error {
		a := d.find(uid, login)
		if a == nil {
			return codeAccountNotFound
		}
		fn(d, a)
		return nil
	})
}

// target returns the mailbox that a call names: by its id if there is one, else by its login.
func (c *call) target() (uid uint64, login string, err error) {
	if text := c.FormValue("uid"); text != "" {
		if uid, err = strconv.ParseUint(text, 10, 64); err != nil || uid == 0 {
			return 0, "", codeAccountNotFound
		}
		return uid, "", nil
	}
	if login = c.FormValue("login"); login == "" {
		return 0, "", codeNoAccountGiven
	}
	login, _ = c.local(login)
	return 0, login, nil
}

// local returns the local part of a login in lower case, because logins are case-insensitive. A
// login may be an address at the domain; ok is false if it is an address at another one.
func (c *call) local(login string) (local string, ok bool) {
	login = strings.ToLower(login)
	at := strings.LastIndexByte(login, '@')
	if at < 0 {
		return login, true
	}
	if !sameHost(login[at+1:], c.domain) {
		return login, false
	}
	return login[:at], true
}

func (d *Domain) account(login string) *Account {
	i := slices.IndexFunc(d.Accounts, func(a Account) bool { return a.Login == login })
	if i < 0 {
		return nil
	}
	return &d.Accounts[i]
}

// find returns a mailbox by its id, or by its login if that is 0.
func (d *Domain) find(uid uint64, login string) *Account {
	if uid == 0 {
		return d.account(login)
	}
	i := slices.IndexFunc(d.Accounts, func(a Account) bool { return a.UID == uid })
	if i < 0 {
		return nil
	}
	return &d.Accounts[i]
}
