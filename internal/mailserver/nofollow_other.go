//go:build !unix

package mailserver

// noFollow is nothing here: the folder for locks is the user's own.
const noFollow = 0
