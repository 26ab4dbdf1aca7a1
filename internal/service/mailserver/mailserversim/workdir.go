package mailserversim

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// The program changes its working directory, of which a process has one, in two calls: to the
// folder of a domain's key files in POST /dkim/add-new-domain, and to the folder of all mail in GET
// /export/domain. It then starts commands that work on files of that folder. Where another call has
// changed the directory in between, they miss their files.

const (
	keysFolder = "/etc/opendkim/keys/"
	mailFolder = "/var/mail/vhosts/"
)

// enter changes the program's working directory.
func (s *Service) enter(folder string) error {
	return s.update(func(st *State) error {
		st.WorkingDirectory = folder
		return nil
	})
}

// isIn tells whether the program's working directory is still that folder.
func (s *Service) isIn(folder string) (is bool, err error) {
	err = s.view(func(st *State) error {
		is = st.WorkingDirectory == folder
		return nil
	})
	return is, err
}

// hasKey tells whether there are key files of a domain.
func (s *Service) hasKey(domain string) (bool, error) {
	_, err := s.store.Key(dkimKeyName(domain))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// giveKeyToSigner makes the signer the owner of the file mail.private of the working directory, if
// there is one.
func (st *State) giveKeyToSigner() {
	domain, inKeys := strings.CutPrefix(st.WorkingDirectory, keysFolder)
	if inKeys {
		st.DKIM.Unreadable = slices.DeleteFunc(st.DKIM.Unreadable, func(d string) bool { return d == domain })
	}
}
