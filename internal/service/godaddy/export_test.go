package godaddy

// ReadCredentials reads the token, and the API key with its secret.
var ReadCredentials = readCredentials
