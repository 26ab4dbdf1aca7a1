package azureapi

import (
	"fmt"
	"regexp"
)

var (
	uuidForm   = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	tenantForm = regexp.MustCompile(`(?i)^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
)

// exampleUUID shows in messages how an ID looks.
const exampleUUID = "00000000-0000-0000-0000-000000000000"

// CheckSubscription says what is wrong with the ID of a subscription. The error is a sentence without
// its full stop.
func CheckSubscription(id string) error {
	if uuidForm.MatchString(id) {
		return nil
	}
	return fmt.Errorf("%q is not the ID of a subscription, which looks like %s (az account show --query id). The name of a subscription is something else", id, exampleUUID)
}

// CheckClient says what is wrong with the ID of an application or of a managed identity. The error is a
// sentence without its full stop.
func CheckClient(id string) error {
	if uuidForm.MatchString(id) {
		return nil
	}
	return fmt.Errorf("%q is not an application (client) ID, which looks like %s (App registrations, Overview)", id, exampleUUID)
}

// CheckTenant says what is wrong with the ID of a tenant, which may also be one of the tenant's domains.
// The error is a sentence without its full stop.
func CheckTenant(id string) error {
	if uuidForm.MatchString(id) || tenantForm.MatchString(id) {
		return nil
	}
	return fmt.Errorf("%q is neither the ID of a tenant, which looks like %s (az account show --query tenantId), nor one of its domains", id, exampleUUID)
}
