package sendgrid

// InTheWay returns the domains of a list for which [Client.Create] would refuse to create
// another one.
func InTheWay(rows []Domain, n NewDomain) []Domain { return matching(rows, n) }
