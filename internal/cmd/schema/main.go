// Command schema prints the provider's schema as JSON, in the form and under the short name that
// tfplugindocs reads. It asks the provider itself, and no Terraform or OpenTofu command, because
// many versions of these leave out what they do not know, such as actions. So the documentation is
// the same on every machine.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "Printing the provider's schema failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	return write(ctx, providerserver.NewProtocol6(provider.New("docs")())(), out)
}

// write prints the schema of a provider.
func write(ctx context.Context, server tfprotov6.ProviderServer, out io.Writer) error {
	schema, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return err
	}
	if err := problems(append(schema.Diagnostics, identities.Diagnostics...)); err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document{
		FormatVersion: "1.0",
		Schemas:       map[string]providerSchema{"postmaster": schemaOf(schema, identities.IdentitySchemas)},
	})
}

// problems returns the errors among diagnostics.
func problems(diagnostics []*tfprotov6.Diagnostic) error {
	var errs []error
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errs = append(errs, fmt.Errorf("%s: %s", d.Summary, d.Detail))
		}
	}
	return errors.Join(errs...)
}
