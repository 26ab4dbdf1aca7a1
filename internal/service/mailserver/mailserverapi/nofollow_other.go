//go:build !unix

package mailserverapi

// noFollow is nothing here: the folder for locks is the user's own.
const noFollow = 0
