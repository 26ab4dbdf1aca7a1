package googleapi

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// place is where a managed zone is: its project, by ID or number, and its name or number there.
type place struct{ project, zone string }

// id returns the ID of a zone in the one form that [dns.HostedZone] has. It is also what the resource
// google_dns_managed_zone of Google's own provider has as its id.
func (p place) id() string { return "projects/" + p.project + "/managedZones/" + p.zone }

// path returns the path of a call below the zone. Without further elements, it is that of the zone
// itself.
func (p place) path(below ...string) []string {
	return append([]string{"projects", p.project, "managedZones", p.zone}, below...)
}

// needs says which permission a call needs in the zone.
func (p place) needs(permission string) string {
	return fmt.Sprintf("%s on the managed zone %s of the project %s", permission, p.zone, p.project)
}

var (
	projectForm = regexp.MustCompile(`^([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]*[a-z0-9]$|^[0-9]+$`)
	zoneForm    = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$|^[0-9]+$`)
)

// idForms says how the ID of a zone looks.
const idForms = `write the name of the managed zone (such as "example-com"), its number, or projects/PROJECT/managedZones/NAME, ` +
	`which is also the id of a google_dns_managed_zone`

// parsePlace reads the ID of a zone in each form that people have: as the console and gcloud show it
// (the name, or the number), as Terraform has it (projects/P/managedZones/NAME, or P/NAME), and as
// the URL of the zone in the API. The project is empty if the text does not name one.
func parsePlace(id string) (place, error) {
	text := strings.TrimSuffix(strings.TrimSpace(id), "/")
	if at := strings.Index(text, "projects/"); at >= 0 && (at == 0 || text[at-1] == '/') {
		text = text[at:]
	}
	elements := strings.Split(text, "/")
	var p place
	switch {
	case len(elements) == 1:
		p.zone = elements[0]
	case len(elements) == 2:
		p.project, p.zone = elements[0], elements[1]
	case len(elements) == 4 && elements[0] == "projects" && elements[2] == "managedZones":
		p.project, p.zone = elements[1], elements[3]
	default:
		return place{}, fmt.Errorf("%q is not the ID of a managed zone", id)
	}
	if !zoneForm.MatchString(p.zone) || len(elements) > 1 && !projectForm.MatchString(p.project) {
		return place{}, fmt.Errorf("%q is not the ID of a managed zone", id)
	}
	return p, nil
}

// place returns where a zone is that this host has found.
func (h *Host) place(op string, zone dns.HostedZone) (place, error) {
	elements := strings.Split(zone.ID, "/")
	if len(elements) == 4 && elements[0] == "projects" && elements[2] == "managedZones" {
		return place{project: elements[1], zone: elements[3]}, nil
	}
	return place{}, &api.Error{
		Service: service, Op: op, Object: zone.Apex,
		Cause:  errors.New("the zone's ID is not one of this host: " + zone.ID),
		Advice: "Import the authorization anew",
	}
}
