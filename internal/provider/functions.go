package provider

import (
	"context"

	fw "github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/function"
)

var _ provider.ProviderWithFunctions = (*postmaster)(nil)

// Functions lists the functions, which need no configuration.
func (p *postmaster) Functions(context.Context) []func() fw.Function { return function.All() }
