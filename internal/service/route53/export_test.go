package route53

// ReadAddress reads the address of the API.
var ReadAddress = readAddress
