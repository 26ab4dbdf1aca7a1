// Package service lists all services. A service is one folder below this one and one line in [All].
package service
