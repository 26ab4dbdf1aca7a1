//go:build !linux

package main

// readProcessorTime returns nothing: it is not measured on this system.
func readProcessorTime() processorTime { return processorTime{} }
