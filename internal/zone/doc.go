// Package zone is the room of DNS hosts: the zones that accounts may edit, and the records that are
// published in them.
package zone
