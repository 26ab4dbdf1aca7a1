package dns

import "fmt"

// SpecialSet says why a record cannot join, change or leave a record set that a host answers for in a
// way of its own, such as an alias. The text is one for [Snapshot].Objection. what says what the set is,
// after "is": "an alias of lb.example.net". service is the host's name in messages.
func SpecialSet(service string, key SetKey, what string) string {
	return fmt.Sprintf("the record set %s %s at %s is %s. The provider never joins, changes or deletes such a set. "+
		"To publish a record there, choose another name, or first make it a plain record set by hand; if nobody needs the set, delete it by hand",
		key.Name, key.Type, service, what)
}
