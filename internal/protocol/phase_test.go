package protocol

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// planner notes whether its last plan was made in an apply.
type planner struct {
	tfprotov6.ProviderServer
	applying bool
}

func (p *planner) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return nil, nil
}

func (p *planner) ReadResource(context.Context, *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return nil, nil
}

func (p *planner) PlanResourceChange(ctx context.Context, _ *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	p.applying = Applying(ctx)
	return nil, nil
}

func (p *planner) ApplyResourceChange(context.Context, *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return nil, nil
}

func TestApplying(t *testing.T) {
	const configure, read, plan, apply = "configure", "read", "plan", "apply"
	for name, test := range map[string]struct {
		before []string // calls before that for a plan
		want   bool
	}{
		"to make a plan":                            {[]string{configure, read, plan}, false},
		"before anything is applied":                {[]string{configure, plan}, false},
		"after something was":                       {[]string{configure, plan, apply}, true},
		"after more was":                            {[]string{configure, plan, apply, plan, apply}, true},
		"configured for the next run":               {[]string{configure, plan, apply, configure}, false},
		"refreshed for the next run":                {[]string{configure, plan, apply, read}, false},
		"applying in the second run of the process": {[]string{configure, plan, apply, configure, read, plan, apply}, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := &planner{}
			// As it is served: through both.
			server := LetContextsGo(TellPhase(p))
			for _, call := range append(test.before, plan) {
				var err error
				switch call {
				case configure:
					_, err = server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{})
				case read:
					_, err = server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{})
				case plan:
					_, err = server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{})
				case apply:
					_, err = server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{})
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if p.applying != test.want {
				t.Errorf("after %q, a plan is told %v", test.before, p.applying)
			}
		})
	}
}
