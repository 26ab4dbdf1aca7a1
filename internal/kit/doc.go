// Package kit is shared by the rooms and the services. It holds the run (one configured provider),
// the interfaces of services, the blocks that configure them, and code that all resources use. It
// knows no particular service and no room.
package kit
