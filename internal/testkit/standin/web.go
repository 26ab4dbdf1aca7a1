package standin

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// web is a resource by which others serve a file on the web. It does nothing: nobody asks for the
// file.
func web(name string, names ...string) func() resource.Resource {
	attributes := map[string]schema.Attribute{"id": computed}
	for _, attribute := range names {
		attributes[attribute] = required
	}
	return func() resource.Resource {
		return made{name: name, schema: schema.Schema{Attributes: attributes},
			create: func(context.Context, getter) (map[string]any, error) { return map[string]any{"id": name}, nil },
			remove: func(context.Context, getter) error { return nil },
		}
	}
}
