package provider

import (
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
	sandboxocteth "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/octeth"
)

const (
	serviceOcteth = "octeth" // how IDs call it
	octethTitle   = "Octeth" // how people do
)

// octethAttribute is the schema of the provider's block.
func octethAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Octeth, as a sender.",
		Attributes: map[string]schema.Attribute{
			"url":        text("Address of the installation, such as `https://octeth.example.com`. Environment: `OCTETH_URL`."),
			"api_key":    secret("API key of the user whose domains are meant. Environment: `OCTETH_API_KEY`, which is ignored if `session_id` is configured here."),
			"session_id": secret("Session of that user, in place of a key. It expires. If both are set, the key is used. Environment: `OCTETH_SESSION_ID`, which is ignored if `api_key` is configured here."),
			"api_version": text("Version of the installation, such as `5.9.4`: it decides which calls there are and what their parameters are called. " +
				"Set it if the installation is newer than the default, in the sandbox as well: Octeth from 5.7.2 on takes the parameters of older versions for others. " +
				"Registering domains for campaigns needs 5.9.1. Default: `" + octeth.DefaultVersion.String() + "`."),
			"allow_insecure_http": allowInsecureHTTPAttribute(),
		},
	}
}

// octethConfig is the block, read.
type octethConfig struct {
	url, key, session, version setting
	address                    *url.URL
	apiVersion                 octeth.Version // zero: the default
}

func readOcteth(b block, diags *diag.Diagnostics) octethConfig {
	c := octethConfig{
		url:     b.text("url", "OCTETH_URL"),
		key:     b.unlessConfigured("session_id").text("api_key", "OCTETH_API_KEY"),
		session: b.unlessConfigured("api_key").text("session_id", "OCTETH_SESSION_ID"),
		version: b.text("api_version", ""),
	}
	c.address = readURL(b, c.url, diags)
	c.readVersion(diags)
	return c
}

// simulatedOcteth is what counts of the block in the sandbox: the version of the installation.
func simulatedOcteth(b block, diags *diag.Diagnostics) octethConfig {
	c := octethConfig{version: b.text("api_version", "")}
	c.readVersion(diags)
	return c
}

func (c *octethConfig) readVersion(diags *diag.Diagnostics) {
	if !c.version.isSet() {
		return
	}
	version, err := octeth.ParseVersion(c.version.value)
	if err != nil {
		diags.AddAttributeError(c.version.at, "Unusable version", err.Error()+".")
	}
	c.apiVersion = version
}

// missing is why no client can be made of the configuration; nil if one can.
func (c octethConfig) missing() error {
	settings := []setting{c.url}
	if !c.session.isSet() || c.key.unknown {
		settings = append(settings, c.key)
	}
	for _, s := range []setting{c.session, c.version} {
		if s.unknown {
			settings = append(settings, s)
		}
	}
	return missing(octethTitle, settings...)
}

// pending reports whether a part of the configuration is not known yet.
func (c octethConfig) pending() bool {
	return c.url.unknown || c.key.unknown || c.session.unknown || c.version.unknown
}

// begun is whether anything says that Octeth is used.
func (c octethConfig) begun() bool { return c.url.isSet() || c.url.unknown }

// installed is the version of the installation, as far as the configuration tells.
func (c octethConfig) installed() octeth.Version {
	if c.apiVersion == (octeth.Version{}) {
		return octeth.DefaultVersion
	}
	return c.apiVersion
}

// Octeth returns the client of the configured installation.
func (s *services) Octeth() (*octeth.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.octeth != nil {
		return s.octeth, nil
	}
	c := s.octethConfig
	cfg := octeth.Config{UserAgent: s.userAgent, APIVersion: c.installed()}
	if s.sandbox != nil {
		address, err := s.simulatedURL(sandboxocteth.Section, "")
		if err != nil {
			return nil, err
		}
		cfg.URL, cfg.Transport, cfg.APIKey = address, s.sandbox.Transport(), sandboxocteth.APIKey
	} else {
		if s.unknown != "" {
			c.url = setting{unknown: true, attribute: s.unknown}
		}
		if err := c.missing(); err != nil {
			return nil, err
		}
		cfg.URL, cfg.APIKey, cfg.SessionID = c.address, c.key.value, c.session.value
	}
	s.octeth = octeth.New(cfg)
	return s.octeth, nil
}
