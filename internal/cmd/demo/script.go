package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// script runs steps one after the other, and stops after a step that failed.
type script struct {
	ctx context.Context
	out io.Writer
	err error // of the step that failed
}

// step runs one step and writes a line about it: its name, how long it took, and the text that it
// returned.
func (s *script) step(name string, do func() (said string, err error)) {
	s.do(func() error {
		fmt.Fprintf(s.out, "  %-20s", name)
		started := time.Now()
		said, err := do()
		if err != nil {
			fmt.Fprintln(s.out, "failed")
			return err
		}
		fmt.Fprintln(s.out, strings.TrimRight(fmt.Sprintf("%5.1f s   %s", time.Since(started).Seconds(), said), " "))
		return nil
	})
}

// do runs something that is not shown as a step.
func (s *script) do(do func() error) {
	if s.err != nil {
		return
	}
	s.err = do()
	if s.err != nil && s.ctx.Err() != nil {
		s.err = errors.New("interrupted")
	}
}
