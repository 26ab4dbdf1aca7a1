package api

// NewRedactor returns a redactor that knows these secrets.
var NewRedactor = newRedactor
