// Package service is the list of all services. A service is a folder below this one and a line
// here.
package service
