// Command bench measures what the provider costs: calls to the services' APIs, seconds, CPU time,
// memory. It runs the real Terraform and the freshly built provider against the sandbox, which
// answers over a socket with the latency of a real service.
//
// Each case is measured three times: with the provider, with as many terraform_data, which are part
// of Terraform, and with as many resources of a provider that does nothing. The last shows what no
// provider can save.
//
// Run it in the root of the module. BENCH_CASES=a,b picks cases, BENCH_JSON=file writes the
// measurements as JSON. It fails if a case makes too many calls, or if it waits for objects one
// after the other and not at the same time. All other times, and memory, depend on the machine, and
// are only shown next to their targets.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "\nThe benchmark failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	chosen, err := choose(cases, os.Getenv("BENCH_CASES"))
	if err != nil {
		return err
	}
	installation, err := terraformcli.Install(ctx, ".")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, installation.Close()) }()

	fmt.Fprintf(out, "%s %s, %v a call. Terraform's default parallelism, and %d where as many resources publish into one zone.\n"+
		"The rate limits of simulated accounts are lifted; the provider's own, for each process, are in force.\n"+
		"DATA is as many terraform_data, IDLE as many resources of a provider that does nothing. CPU is the provider's own, for each object.\n\n",
		installation.CLI.Product, installation.CLI.Version, latency, publishedRecords)
	var report report
	if report.provider, err = measureProvider(ctx, installation.Binary); err != nil {
		return err
	}
	runner, err := newRunner(ctx, installation)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, runner.close()) }()
	for _, c := range chosen {
		fmt.Fprintf(out, "  %s …\n", c.name)
		measured, err := runner.measure(ctx, c)
		if err != nil {
			return fmt.Errorf("case %s: %w", c.name, err)
		}
		report.add(c, measured)
	}
	if err := report.writeTables(out); err != nil {
		return err
	}
	if file := os.Getenv("BENCH_JSON"); file != "" {
		if err := report.writeJSON(file); err != nil {
			return err
		}
	}
	if missed := report.missedTargets(); len(missed) > 0 {
		return fmt.Errorf("targets were missed: %s", strings.Join(missed, "; "))
	}
	return nil
}

// choose picks cases by a comma-separated list of names, or all cases if the list is empty. They
// keep their order, because one case leaves what the next one needs.
func choose(all []benchCase, list string) ([]benchCase, error) {
	if strings.TrimSpace(list) == "" {
		return all, nil
	}
	var known []string
	for _, c := range all {
		known = append(known, c.name)
	}
	var wanted []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("BENCH_CASES: there is no case %q; there are %s", name, strings.Join(known, ", "))
		}
		wanted = append(wanted, name)
	}
	return slices.DeleteFunc(slices.Clone(all), func(c benchCase) bool { return !slices.Contains(wanted, c.name) }), nil
}
