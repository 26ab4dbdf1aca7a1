package mail

// What the tests of this package use of its insides.
const (
	DomainType = domainType
	UserType   = userType
)

var Of = of
