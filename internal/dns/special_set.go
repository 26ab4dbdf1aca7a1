package dns

import (
	"fmt"
	"strings"
)

// What to do about a special set: to publish a record there, and in any case.
const (
	publishInSpecialSet = "To publish a record there, choose another name, or first make it a plain record set by hand; "
	deleteSpecialSet    = "if nobody needs the set, delete it by hand"
)

// SpecialSet says why a record cannot join, change or leave a record set that a host answers for in a
// way of its own, such as an alias. The text is one for [Snapshot].Objection. what says what the set is,
// after "is": "an alias of lb.example.net". service is the host's name in messages.
func SpecialSet(service string, key SetKey, what string) string {
	return fmt.Sprintf("the record set %s %s at %s is %s. The provider never joins, changes or deletes such a set. ", key.Name, key.Type, service, what) +
		publishInSpecialSet + deleteSpecialSet
}

// aboutLeaving returns an objection for somebody who wants no record there any more, without the advice
// for those who want to publish one.
func aboutLeaving(objection string) string {
	return strings.Replace(objection, publishInSpecialSet+deleteSpecialSet, "If nobody needs the set, delete it by hand", 1)
}
