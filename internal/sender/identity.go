package sender

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// AccountHolder is a [Service] that can work on behalf of further accounts. The ID of such a domain
// is "SERVICE/ACCOUNT/OBJECT".
type AccountHolder interface {
	Service
	// AccountHelp describes the values that name an account, as a part of a sentence.
	AccountHelp() string
}

// accountHolders returns the services that can work on behalf of further accounts.
func (all senders) accountHolders() (holders []AccountHolder) {
	for _, s := range all {
		if holder, ok := s.(AccountHolder); ok {
			holders = append(holders, holder)
		}
	}
	return holders
}

// identity is the identity of a sender domain.
func (all senders) identity() kit.Identity {
	identity := kit.Identity{
		Required: map[string]string{
			"service": "The sender: `" + strings.Join(all.names(), "` or `") + "`.",
			"object":  "What the sender calls the domain: the id without the service and the account.",
		},
		Optional: map[string]string{},
		Of: func(attribute func(string) string) (map[string]string, error) {
			service, object, found := strings.Cut(attribute("id"), "/")
			if !found || object == "" {
				return nil, fmt.Errorf("%q is not the id of a sender domain", attribute("id"))
			}
			values := map[string]string{"service": service, "object": object}
			if _, holds := kit.Named(all.accountHolders(), service); holds {
				if cut := strings.LastIndexByte(object, '/'); cut >= 0 {
					values["account"], values["object"] = object[:cut], object[cut+1:]
				}
			}
			return values, nil
		},
		ImportID: func(identity map[string]string) (string, error) {
			service, account, object := identity["service"], identity["account"], identity["object"]
			s, ok := kit.Named(all, service)
			if !ok {
				return "", fmt.Errorf("%q is not a sender; service is one of %s", service, strings.Join(all.names(), " and "))
			}
			if account == "" {
				return service + "/" + object, nil
			}
			if _, holds := s.(AccountHolder); !holds {
				return "", fmt.Errorf("%s has no further accounts; leave account out", s.Title())
			}
			return service + "/" + account + "/" + object, nil
		},
	}
	var help []string
	for _, holder := range all.accountHolders() {
		help = append(help, "at "+holder.Title()+" "+holder.AccountHelp())
	}
	identity.Optional["account"] = "On whose behalf the domain is managed: " + strings.Join(help, "; ") + ". Leave it out for the account of the provider configuration."
	return identity
}
