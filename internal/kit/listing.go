package kit

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Listed is an object that a list has found.
type Listed struct {
	// Attributes are the attributes of the object's state that its identity is made of, "id" first
	// of all.
	Attributes map[string]string
	// Name is what a person reads in the list.
	Name string
	// Warning is something that the user should know about the object or about the list. Without
	// attributes, it stands for an object that cannot be imported.
	Warning string
}

// Listing is a list resource: it finds the objects of a resource that exist already, for `terraform
// query` of Terraform 1.14 and later.
type Listing struct {
	// Description describes the list in Markdown.
	Description string
	// Attributes are the arguments of the list block: strings and booleans.
	Attributes map[string]listschema.Attribute
	// Find finds the objects, in a fixed order. It reads lists page by page and makes no call for
	// an object alone, unless an argument asks for that. After an error it yields nothing more. The
	// arguments are "" if they are not set, and "true" or "false" if they are booleans.
	Find func(ctx context.Context, run *Run, argument func(name string) string) iter.Seq2[Listed, error]
}

// Lists returns the constructor of the list resource for a resource that [Identified] has made.
func Lists(constructor func() resource.Resource, listing Listing) func() list.ListResource {
	return func() list.ListResource {
		return &lister{listed: constructor().(*identified), listing: listing} //nolint:forcetypeassert // only such resources can be listed
	}
}

var _ list.ListResourceWithConfigure = (*lister)(nil)

type lister struct {
	Base
	listed  *identified
	listing Listing
}

func (l *lister) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	l.listed.Metadata(ctx, req, resp)
}

func (l *lister) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.Base.Configure(ctx, req, resp)
	l.listed.Configure(ctx, req, resp)
}

func (l *lister) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{MarkdownDescription: l.listing.Description, Attributes: l.listing.Attributes}
}

// List streams what is found. Terraform stops reading at the limit without telling, so the limit is
// counted here. An object that is found twice is listed once. If Terraform asks for the objects
// themselves, several are read at the same time.
func (l *lister) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	arguments, diags := l.arguments(ctx, req.Config)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	window := 1
	if req.IncludeResource {
		window = readsAhead
	}
	stream.Results = func(push func(list.ListResult) bool) {
		ctx, stop := context.WithCancel(ctx)
		inOrder(l.results(ctx, req, arguments), window, push)
		stop()
	}
}

// readsAhead is how many listed objects are read at the same time. Reading one can mean a call or a
// look into the DNS, each of which takes a while.
const readsAhead = 8

// results yields functions that each make one result.
func (l *lister) results(ctx context.Context, req list.ListRequest, arguments map[string]string) iter.Seq[func() list.ListResult] {
	return func(yield func(func() list.ListResult) bool) {
		say := func(diags diag.Diagnostics) bool {
			return yield(func() list.ListResult { return list.ListResult{Diagnostics: diags} })
		}
		seen, count := map[string]bool{}, int64(0)
		for found, err := range l.listing.Find(ctx, l.Run, func(name string) string { return arguments[name] }) {
			var diags diag.Diagnostics
			if err != nil {
				AddError(&diags, "Unable to list "+l.typeName(ctx), err)
				say(diags)
				return
			}
			if found.Attributes == nil {
				diags.AddWarning("The list is not complete", found.Warning)
				if !say(diags) {
					return
				}
				continue
			}
			if seen[found.Attributes["id"]] {
				continue
			}
			seen[found.Attributes["id"]] = true
			if count++; req.Limit > 0 && count > req.Limit || !yield(func() list.ListResult { return l.result(ctx, req, found) }) {
				return
			}
		}
	}
}

// inOrder calls at most window of the functions at the same time, and yields what they return in the
// order of the functions, until yield returns false.
func inOrder[T any](functions iter.Seq[func() T], window int, yield func(T) bool) {
	var running []chan T
	for function := range functions {
		result := make(chan T, 1)
		go func() { result <- function() }()
		if running = append(running, result); len(running) < window {
			continue
		}
		if !yield(<-running[0]) {
			return
		}
		running = running[1:]
	}
	for _, result := range running {
		if !yield(<-result) {
			return
		}
	}
}

// arguments reads the list block.
func (l *lister) arguments(ctx context.Context, config tfsdk.Config) (map[string]string, diag.Diagnostics) {
	var diags diag.Diagnostics
	arguments := map[string]string{}
	if config.Raw.IsNull() {
		return arguments, diags
	}
	for _, name := range slices.Sorted(maps.Keys(l.listing.Attributes)) {
		if l.listing.Attributes[name].GetType().Equal(types.BoolType) {
			var value types.Bool
			diags.Append(config.GetAttribute(ctx, path.Root(name), &value)...)
			arguments[name] = strconv.FormatBool(value.ValueBool())
			continue
		}
		var value types.String
		diags.Append(config.GetAttribute(ctx, path.Root(name), &value)...)
		arguments[name] = value.ValueString()
	}
	return arguments, diags
}

// typeName returns the resource's type.
func (l *lister) typeName(ctx context.Context) string {
	var named resource.MetadataResponse
	l.Metadata(ctx, resource.MetadataRequest{}, &named)
	return named.TypeName
}

// result returns the result for an object. If Terraform asks for the object itself, it is read as an
// import reads it, so that a configuration generated from it plans nothing.
func (l *lister) result(ctx context.Context, req list.ListRequest, found Listed) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = found.Name
	if found.Warning != "" {
		result.Diagnostics.AddWarning(found.Name, found.Warning)
	}
	values, err := l.listed.identity.Of(func(name string) string { return found.Attributes[name] })
	if err != nil {
		result.Diagnostics.AddError("Unusable id in a list", err.Error()+".")
		return result
	}
	l.listed.identity.write(ctx, result.Identity, values)
	if !req.IncludeResource {
		return result
	}
	id, err := l.listed.identity.ImportID(values)
	if err != nil {
		result.Diagnostics.AddError("Unusable id in a list", err.Error()+".")
		return result
	}
	var diags diag.Diagnostics
	state, ok := l.importState(ctx, id, result.Resource, &diags)
	if !ok {
		return leftOut(found, diags)
	}
	result.Diagnostics.Append(diags...)
	result.Resource.Raw = state.Raw
	return result
}

// leftOut returns the result for an object that cannot be imported as it is. It is a warning: one
// object must not prevent that a configuration is generated for the others.
func leftOut(found Listed, diags diag.Diagnostics) list.ListResult {
	detail := "It does not exist any more."
	if errs := diags.Errors(); len(errs) > 0 {
		detail = errs[0].Summary() + ": " + errs[0].Detail()
	}
	var warning diag.Diagnostics
	warning.AddWarning(found.Name+" is left out", detail)
	return list.ListResult{Diagnostics: warning}
}

// importState imports and reads an object.
func (l *lister) importState(ctx context.Context, id string, like *tfsdk.Resource, diags *diag.Diagnostics) (tfsdk.State, bool) {
	empty := tfsdk.State{Schema: like.Schema, Raw: tftypes.NewValue(like.Schema.Type().TerraformType(ctx), nil)}
	imported := resource.ImportStateResponse{State: empty}
	imported.Private = fresh(imported.Private)
	l.listed.Resource.(resource.ResourceWithImportState).ImportState(ctx, resource.ImportStateRequest{ID: id}, &imported) //nolint:forcetypeassert // each listed resource can be imported
	diags.Append(imported.Diagnostics...)
	if diags.HasError() {
		return empty, false
	}
	read := resource.ReadResponse{State: imported.State, Private: imported.Private}
	l.listed.Resource.Read(ctx, resource.ReadRequest{State: imported.State, Private: imported.Private}, &read)
	diags.Append(read.Diagnostics...)
	return read.State, !diags.HasError() && !read.State.Raw.IsNull()
}

// fresh returns a new value of the type that a pointer points to. The framework does not export the
// type of private state.
func fresh[T any](*T) *T { return new(T) }
