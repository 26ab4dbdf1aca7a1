package zone_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// newRecordsPlanner is a configured provider in this world.
func newRecordsPlanner(t *testing.T, w *world.World) world.Planner {
	t.Helper()
	server, err := w.Factories()["postmaster"]()
	if err != nil {
		t.Fatal(err)
	}
	return world.PlannerOf(t, server, world.Attributes{"sandbox": world.Attributes{"path": w.File}})
}

// planRecords plans a new postmaster_dns_records with a CNAME at app.example.com; private
// is what the approved plan returned, where this is the plan at apply.
func planRecords(t *testing.T, p world.Planner, private []byte) plannedResponse {
	t.Helper()
	const name = "postmaster_dns_records"
	ty := p.Schema.ResourceSchemas[name].ValueType()
	config := world.Attributes{
		"dns_authorization_id": "cloudflare/example.com",
		"overwrite":            true,
		"records":              map[string]any{"app": world.Attributes{"name": "app.example.com", "type": "CNAME", "value": "app.mailer.example"}},
	}
	ctx := t.Context()
	if private != nil {
		ctx = protocol.WithPlannedPrivate(ctx, private)
	}
	proposed := world.DynamicValue(t, ty, config)
	null := world.Dynamic(t, ty, tftypes.NewValue(ty, nil))
	resp, err := p.Server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: name, PriorState: null, ProposedNewState: proposed, Config: proposed})
	if err != nil {
		t.Fatal(err)
	}
	return plannedResponse{resp, ty}
}

type plannedResponse struct {
	*tfprotov6.PlanResourceChangeResponse
	ty tftypes.Type
}

func (r plannedResponse) private() []byte { return r.PlannedPrivate }

func (r plannedResponse) failed() bool {
	for _, d := range r.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return true
		}
	}
	return false
}

func (r plannedResponse) said() []string {
	var said []string
	for _, d := range r.Diagnostics {
		said = append(said, d.Summary+": "+d.Detail)
	}
	return said
}

// displaced are the records that the plan shows as displaced, a line each.
func (r plannedResponse) displaced(t *testing.T) []string {
	t.Helper()
	if r.failed() {
		return nil
	}
	value, err := r.PlannedState.Unmarshal(r.ty)
	if err != nil {
		t.Fatal(err)
	}
	attributes := attributesIn(t, value)
	var elements []tftypes.Value
	if err := attributes["displaced"].As(&elements); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, element := range elements {
		parts := attributesIn(t, element)
		line := ""
		for _, name := range []string{"name", "type", "value"} {
			var text string
			if err := parts[name].As(&text); err != nil {
				t.Fatal(err)
			}
			line += " " + text
		}
		lines = append(lines, line[1:])
	}
	return lines
}

// attributesIn returns the attributes of an object value.
func attributesIn(t *testing.T, object tftypes.Value) (attributes map[string]tftypes.Value) {
	t.Helper()
	if err := object.As(&attributes); err != nil {
		t.Fatal(err)
	}
	return attributes
}
