package provider

import (
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	sandboxyandex "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/yandex"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/yandex"
)

const (
	serviceYandex = "yandex"                 // how IDs and the attribute "service" call it
	yandexTitle   = "Yandex.Mail for Domain" // how people do
)

// yandexAttribute is the schema of the provider's block.
func yandexAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Yandex.Mail for Domain, or a service that is compatible with it, as a mail service.",
		Attributes: map[string]schema.Attribute{
			"pdd_token": secret("PDD token of the domains' administrator. Environment: `YANDEX_PDD_TOKEN`."),
			"base_url": text("Address of the API, down to and with `admin`. Yandex has announced the end of its own, so this is mostly that of a compatible service. " +
				"Default: `" + yandex.DefaultBaseURL + "`. Environment: `YANDEX_PDD_BASE_URL`."),
			"allow_insecure_http": allowInsecureHTTPAttribute(),
		},
	}
}

// yandexConfig is the block, read.
type yandexConfig struct {
	token, url setting
	address    *url.URL
}

func readYandex(b block, diags *diag.Diagnostics) yandexConfig {
	c := yandexConfig{
		token: b.text("pdd_token", yandexKind.variable),
		url:   b.text("base_url", "YANDEX_PDD_BASE_URL"),
	}
	c.address = readURL(b, c.url, diags)
	return c
}

// missing is why no client can be made of the configuration; nil if one can.
func (c yandexConfig) missing() error {
	settings := []setting{c.token}
	if c.url.unknown {
		settings = append(settings, c.url)
	}
	return missing(yandexTitle, settings...)
}

// Yandex returns the client of the configured user.
func (s *services) Yandex() (*yandex.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.yandex != nil {
		return s.yandex, nil
	}
	cfg := yandex.Config{UserAgent: s.userAgent}
	if s.sandbox != nil {
		address, err := s.simulatedURL(sandboxyandex.Section, sandboxyandex.AdminPath)
		if err != nil {
			return nil, err
		}
		cfg.BaseURL, cfg.Transport, cfg.Token = address, s.sandbox.Transport(), sandboxyandex.Token
	} else {
		c := s.yandexConfig
		if s.unknown != "" {
			c.token = setting{unknown: true, attribute: s.unknown}
		}
		if err := c.missing(); err != nil {
			return nil, err
		}
		cfg.BaseURL, cfg.Token = c.address, c.token.value
	}
	s.yandex = yandex.New(cfg)
	return s.yandex, nil
}
