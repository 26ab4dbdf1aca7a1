package yandex_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// What is not known yet is not taken for unset: it decides whose domains are meant, and where.
func TestYandexConfigNotKnownYet(t *testing.T) {
	for name, set := range map[string]world.Attributes{
		"yandex.pdd_token":  {"yandex": world.Attributes{"pdd_token": world.Unknown{}}},
		"yandex.base_url":   {"yandex": world.Attributes{"pdd_token": "INVENTED0TOKEN", "base_url": world.Unknown{}}},
		"yandex.pdd_token,": {"yandex": world.Unknown{}},
		"sandbox":           {"sandbox": world.Unknown{}, "yandex": world.Attributes{"pdd_token": "INVENTED0TOKEN"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("YANDEX_PDD_TOKEN", "INVENTED0TOKEN0OF0THE0ENVIRONMENT")
			t.Setenv("YANDEX_PDD_BASE_URL", "https://pdd.example/admin")
			services, diags := world.Configured(t, set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			_, err := kit.PartOf[*yandex.Account](services).Client()
			if !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "not known yet") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestYandexConfigFromEnvironment(t *testing.T) {
	services, _ := world.Configured(t, world.Attributes{})
	if _, err := kit.PartOf[*yandex.Account](services).Client(); !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), "Set yandex.pdd_token (environment: YANDEX_PDD_TOKEN)") {
		t.Errorf("without a token the error is %v", err)
	}
	t.Setenv("YANDEX_PDD_TOKEN", "INVENTED0TOKEN0OF0THE0ENVIRONMENT")
	t.Setenv("YANDEX_PDD_BASE_URL", "https://pdd.example/admin")
	services, diags := world.Configured(t, world.Attributes{"yandex": world.Attributes{"pdd_token": "INVENTED0TOKEN"}})
	if _, err := kit.PartOf[*yandex.Account](services).Client(); err != nil || diags.HasError() {
		t.Fatal(diags, err)
	}
	if token, address := kit.PartOf[*yandex.Account](services).Configured(); token != "INVENTED0TOKEN" || address.Host != "pdd.example" {
		t.Errorf("it works on %s by the token %q", address, token)
	}
	for address, says := range map[string]string{
		"http://pdd.example/admin": "allow_insecure_http = true",
		"pdd.example/admin":        "needs a scheme",
	} {
		t.Setenv("YANDEX_PDD_BASE_URL", address)
		if _, diags := world.Configured(t, nil); !strings.Contains(testkit.ErrorText(diags), says) || !strings.Contains(testkit.ErrorText(diags), "YANDEX_PDD_BASE_URL") {
			t.Errorf("of %s it says %q", address, testkit.ErrorText(diags))
		}
		if diags := world.Validated(t, world.Attributes{"yandex": world.Attributes{"base_url": address}}); !strings.Contains(testkit.ErrorText(diags), says) {
			t.Errorf("of %s validating says %q", address, testkit.ErrorText(diags))
		}
	}
}
