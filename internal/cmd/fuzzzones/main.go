// Command fuzzzones looks for records that get lost. It drives the provider as Terraform does,
// with several postmaster_dns_records in one zone that change at random, while somebody else
// edits the zone, calls fail, and processes are killed. A model of who owns what says after
// each step what the zone has to be.
//
// It prints the seed of each world, and the trace of one in which something was lost.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "fuzzzones:", err)
		}
		os.Exit(1)
	}
}

// stepsPerWorld is how many steps are made in one zone. It is then destroyed, and the next
// one begins.
const stepsPerWorld = 20

// job is one world.
type job struct {
	host  string
	seed  uint64
	steps int
}

func (j job) String() string {
	return fmt.Sprintf("-host %s -seed %d -steps %d -worlds 1", j.host, j.seed, j.steps)
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fuzzzones", flag.ContinueOnError)
	seed := flags.Uint64("seed", 0, "seed of the first world; 0 chooses one")
	steps := flags.Int("steps", 500, "steps to make, in worlds of at most "+fmt.Sprint(stepsPerWorld))
	hosts := flags.String("host", "simulated", "hosts, separated by commas: "+strings.Join(slices.Concat(simulated, servers), ", ")+"; simulated, servers or all of them")
	worlds := flags.Int("worlds", 32, "worlds at the same time")
	verbose := flags.Bool("v", false, "print the trace of every world")
	if err := flags.Parse(args); err != nil {
		return err
	}
	titles, err := titlesOf(*hosts)
	if err != nil {
		return err
	}
	if *seed == 0 {
		*seed = uint64(rand.Uint32()) + 1
	}
	var jobs []job
	for made := 0; made < *steps; made += stepsPerWorld {
		jobs = append(jobs, job{titles[len(jobs)%len(titles)], *seed + uint64(len(jobs)), min(stepsPerWorld, *steps-made)})
	}
	fmt.Fprintf(out, "seed %d: %d steps in %d worlds at %s\n", *seed, *steps, len(jobs), strings.Join(titles, ", "))
	if err := runAll(ctx, jobs, *worlds, *verbose, out); err != nil {
		return err
	}
	return nil
}

// titlesOf are the hosts that -host names.
func titlesOf(text string) ([]string, error) {
	var titles []string
	for title := range strings.SplitSeq(text, ",") {
		switch {
		case title == "all":
			titles = append(titles, slices.Concat(simulated, servers)...)
		case title == "simulated":
			titles = append(titles, simulated...)
		case title == "servers":
			titles = append(titles, servers...)
		case slices.Contains(slices.Concat(simulated, servers), title):
			titles = append(titles, title)
		default:
			return nil, fmt.Errorf("there is no host %q; the hosts are %s", title, strings.Join(slices.Concat(simulated, servers), ", "))
		}
	}
	return titles, nil
}

// runAll runs the worlds, some at the same time, and prints what has become of them.
func runAll(ctx context.Context, jobs []job, together int, verbose bool, out io.Writer) error {
	started := time.Now()
	var mu sync.Mutex
	var done, failed int
	var working sync.WaitGroup
	turns := make(chan struct{}, together)
	for _, j := range jobs {
		turns <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		working.Go(func() {
			defer func() { <-turns }()
			steps, log, err := j.run(ctx)
			mu.Lock()
			defer mu.Unlock()
			done += steps
			if err != nil {
				failed++
			}
			if err != nil || verbose {
				fmt.Fprintf(out, "\n%s\n%s\n", j, strings.Join(log, "\n"))
			}
			if err != nil {
				fmt.Fprintf(out, "FAILED after %d steps: %s\nTo see it again: go run ./internal/cmd/fuzzzones %s\n", steps, err, j)
			}
		})
	}
	working.Wait()
	fmt.Fprintf(out, "%d steps made in %s; %d of %d worlds failed\n", done, time.Since(started).Round(time.Second), failed, len(jobs))
	if failed > 0 {
		return fmt.Errorf("%d of %d worlds failed", failed, len(jobs))
	}
	return ctx.Err()
}

// run runs one world and returns how many steps were made, and the trace.
func (j job) run(ctx context.Context) (steps int, log []string, err error) {
	host, err := openHost(ctx, j.host)
	if err != nil {
		return 0, nil, err
	}
	defer func() {
		// On a busy machine the servers may not end in time, by which nothing is lost.
		if closing := host.close(); !errors.Is(closing, context.DeadlineExceeded) {
			err = errors.Join(err, closing)
		}
	}()
	w, err := newWorld(host, j.seed)
	if err != nil {
		return 0, nil, err
	}
	steps, err = w.run(ctx, j.steps)
	return steps, w.log, err
}
