// Command typecheck checks the types of all packages of a module, and of what they import, for other
// platforms: `typecheck windows/amd64 darwin/arm64`. It reads the sources only. A compiler takes ten
// times as long, and finds the same mistakes: a name that a file for another platform does not
// declare, or a package that is not there. Tests are not checked. Run it in the root of the module.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, ".", os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Checking the types failed:", err)
		os.Exit(1)
	}
}

// run checks the module in folder for each platform, and says how many packages it read.
func run(ctx context.Context, folder string, platforms []string, out io.Writer) error {
	if len(platforms) == 0 {
		return errors.New("name the platforms, such as windows/amd64")
	}
	var failures []error
	for _, platform := range platforms {
		system, architecture, ok := strings.Cut(platform, "/")
		if !ok {
			return fmt.Errorf("%q is not a system and an architecture, such as windows/amd64", platform)
		}
		count, err := check(ctx, folder, system, architecture)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", platform, err))
			continue
		}
		fmt.Fprintf(out, "%s: the types of %d packages are right\n", platform, count)
	}
	return errors.Join(failures...)
}

// check returns the number of packages that it read, with those that are imported.
func check(ctx context.Context, folder, system, architecture string) (int, error) {
	loaded, err := packages.Load(&packages.Config{
		Context: ctx,
		Dir:     folder,
		// With dependencies and their syntax, nothing is compiled.
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo,
		// Releases are built without C.
		Env: append(os.Environ(), "GOOS="+system, "GOARCH="+architecture, "CGO_ENABLED=0"),
	}, "./...")
	if err != nil {
		return 0, err
	}
	count := 0
	var mistakes []error
	packages.Visit(loaded, nil, func(p *packages.Package) {
		count++
		for _, mistake := range p.Errors {
			mistakes = append(mistakes, mistake)
		}
	})
	if count == 0 {
		return 0, errors.New("there are no packages")
	}
	return count, errors.Join(mistakes...)
}
