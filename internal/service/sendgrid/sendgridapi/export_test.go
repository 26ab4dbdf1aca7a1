package sendgridapi

// Owner returns the account that owns the domain.
func (d Domain) Owner() Owner { return d.owner() }
