package mail

import "testing"

func TestMailIDs(t *testing.T) {
	services := services{fakeMail{name: "mailserver"}, fakeMail{name: "yandex"}}
	for text, want := range map[string]string{
		"mailserver/Example.COM.": "mailserver/example.com", "yandex/bücher.example": "yandex/xn--bcher-kva.example",
	} {
		if id, err := services.parseDomainID(text); err != nil || id.String() != want || services.named(id.Service) == nil {
			t.Errorf("%q is read as %q, %v", text, id, err)
		}
	}
	if id, err := services.parseUserID("yandex/Alice@Example.com"); err != nil || id.String() != "yandex/alice@example.com" {
		t.Errorf("the id of a mailbox is read as %q, %v", id, err)
	}
	for _, text := range []string{"", "example.com", "yandex/", "gmail/example.com", "yandex/localhost", "Yandex/example.com"} {
		if id, err := services.parseDomainID(text); err == nil {
			t.Errorf("%q is read as %q", text, id)
		}
	}
	// The form alone does not say which services exist.
	if id, err := ParseDomainID("gmail/Example.com"); err != nil || id.String() != "gmail/example.com" {
		t.Errorf("the form is read as %q, %v", id, err)
	}
	for _, text := range []string{"", "example.com", "/example.com", "gmail/", "gmail/localhost"} {
		if id, err := ParseDomainID(text); err == nil {
			t.Errorf("%q has the form of %q", text, id)
		}
	}
}
