// Command schema prints the provider's schema as JSON, in the form and under the short name that
// tfplugindocs reads. So the documentation can also be generated with OpenTofu, and without a
// second build. Run it in the root of the module.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Printing the provider's schema failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	installation, err := terraformcli.Install(ctx, ".")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, installation.Close()) }()
	workspace, err := installation.Workspace("schema")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(workspace.Dir, "main.tf"), []byte(terraformcli.RequiredProviders), 0o644); err != nil {
		return err
	}
	if _, err := workspace.Run(ctx, "init", "-no-color"); err != nil {
		return err
	}
	schemas, err := workspace.Run(ctx, "providers", "schema", "-json")
	if err != nil {
		return err
	}
	renamed, err := underShortName([]byte(schemas))
	if err != nil {
		return err
	}
	_, err = out.Write(renamed)
	return err
}

// underShortName lists the provider as "postmaster" instead of by its address, whose host differs
// between Terraform and OpenTofu.
func underShortName(schemas []byte) ([]byte, error) {
	var document struct {
		FormatVersion string                     `json:"format_version"`
		Schemas       map[string]json.RawMessage `json:"provider_schemas"`
	}
	if err := json.Unmarshal(schemas, &document); err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	for address, schema := range document.Schemas {
		if strings.HasSuffix(address, "/postmaster") {
			document.Schemas = map[string]json.RawMessage{"postmaster": schema}
			return json.Marshal(document)
		}
	}
	return nil, errors.New("reading the schema: the provider is not in it")
}
