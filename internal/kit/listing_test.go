package kit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// toyResource can be imported by "toy/NAME".
type toyResource struct{}

func (toyResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "postmaster_toy"
}

func (toyResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{Computed: true}, "read": schema.BoolAttribute{Computed: true},
	}}
}

func (toyResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID == "toy/broken" {
		resp.Diagnostics.AddError("Broken", "It is broken.")
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), req.ID)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, "note", []byte(`"imported"`))...)
}

func (toyResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	note, diags := req.Private.GetKey(ctx, "note")
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("read"), string(note) == `"imported"`)...)
}

func (toyResource) Create(context.Context, resource.CreateRequest, *resource.CreateResponse) {}

func (toyResource) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

func (toyResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

var toyIdentity = Identity{
	Required: map[string]string{"service": "It is toy.", "name": "Any name."},
	Of: func(attribute func(string) string) (map[string]string, error) {
		service, name, found := strings.Cut(attribute("id"), "/")
		if !found {
			return nil, errors.New("there is no name")
		}
		return map[string]string{"service": service, "name": name}, nil
	},
	ImportID: func(identity map[string]string) (string, error) {
		return identity["service"] + "/" + identity["name"], nil
	},
}

// listOf lists toys.
func listOf(t *testing.T, include bool, limit int64, find func(yield func(Listed, error) bool)) iter.Seq[list.ListResult] {
	t.Helper()
	lister := Lists(Identified(func() resource.Resource { return toyResource{} }, toyIdentity), Listing{
		Find: func(context.Context, *Run, func(string) string) iter.Seq2[Listed, error] { return find },
	})()
	var described resource.SchemaResponse
	toyResource{}.Schema(t.Context(), resource.SchemaRequest{}, &described)
	var stream list.ListResultsStream
	lister.List(t.Context(), list.ListRequest{
		IncludeResource: include, Limit: limit, ResourceSchema: described.Schema, ResourceIdentitySchema: toyIdentity.schema(), Config: tfsdk.Config{},
	}, &stream)
	return stream.Results
}

// toy is a toy with a name.
func toy(name string) Listed {
	return Listed{Attributes: map[string]string{"id": "toy/" + name}, Name: name}
}

// said returns names, and in brackets what else is said.
func said(results iter.Seq[list.ListResult]) (lines []string) {
	for r := range results {
		line := r.DisplayName
		for _, d := range r.Diagnostics {
			line += "[" + d.Severity().String() + ": " + d.Summary() + ": " + d.Detail() + "]"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestListing(t *testing.T) {
	three := func(yield func(Listed, error) bool) {
		for _, found := range []Listed{toy("a"), toy("a"), {Warning: "b is none."}, toy("c"), toy("d")} {
			if !yield(found, nil) {
				return
			}
		}
	}
	down := func(yield func(Listed, error) bool) {
		_ = yield(toy("a"), nil) && yield(Listed{}, errors.New("the service is down"))
	}
	nameless := func(yield func(Listed, error) bool) {
		_ = yield(Listed{Attributes: map[string]string{"id": "toy"}, Name: "x"}, nil)
	}
	const gap = "[Warning: The list is not complete: b is none.]"
	for name, c := range map[string]struct {
		find  func(yield func(Listed, error) bool)
		limit int64
		want  string
	}{
		"twice the same":        {three, 0, "a, " + gap + ", c, d"},
		"a limit":               {three, 2, "a, " + gap + ", c"},
		"a limit of all":        {three, 3, "a, " + gap + ", c, d"},
		"an error in between":   {down, 0, "a, [Error: Unable to list postmaster_toy: the service is down.]"},
		"an id without meaning": {nameless, 0, "x[Error: Unusable id in a list: there is no name.]"},
	} {
		if got := strings.Join(said(listOf(t, false, c.limit, c.find)), ", "); got != c.want {
			t.Errorf("%s: the list is\n%s\nand not\n%s", name, got, c.want)
		}
	}
}

// A result that includes the object has what an import and a refresh make, with private state
// carried over between the two.
func TestListWithObjects(t *testing.T) {
	for r := range listOf(t, true, 0, func(yield func(Listed, error) bool) { yield(toy("a"), nil) }) {
		var id, name types.String
		var read types.Bool
		var diags diag.Diagnostics
		diags.Append(r.Resource.GetAttribute(t.Context(), path.Root("id"), &id)...)
		diags.Append(r.Resource.GetAttribute(t.Context(), path.Root("read"), &read)...)
		diags.Append(r.Identity.GetAttribute(t.Context(), path.Root("name"), &name)...)
		if diags.HasError() || id.ValueString() != "toy/a" || !read.ValueBool() || name.ValueString() != "a" {
			t.Errorf("it has id %s, read %s, and name %s in its identity; %v", id, read, name, diags)
		}
	}
}

// An object that cannot be imported does not prevent that the others are.
func TestListLeavesOutWhatCannotBeImported(t *testing.T) {
	results := listOf(t, true, 0, func(yield func(Listed, error) bool) {
		_ = yield(toy("a"), nil) && yield(toy("broken"), nil) && yield(toy("c"), nil)
	})
	if got, want := strings.Join(said(results), ", "), "a, [Warning: broken is left out: Broken: It is broken.], c"; got != want {
		t.Errorf("the list is %s and not %s", got, want)
	}
}

// A list of any length takes little memory, and ends as soon as nobody reads it.
func TestLongList(t *testing.T) {
	const many = 10_000
	made := 0
	endless := func(yield func(Listed, error) bool) {
		for ; made < many; made++ {
			if !yield(toy(fmt.Sprintf("toy-%d", made)), nil) {
				return
			}
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	count := 0
	for range listOf(t, true, 0, endless) {
		count++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); count != many || grown > 4<<20 {
		t.Errorf("%d results leave %d bytes", count, grown)
	}
	made = 0
	for range listOf(t, false, 0, endless) {
		break
	}
	if made != 0 {
		t.Errorf("%d more were made than read", made)
	}
}

// Objects are read several at a time, and are listed in their order all the same.
func TestListReadsAhead(t *testing.T) {
	const many = 40
	var mu sync.Mutex
	atOnce, most := 0, 0
	functions := func(yield func(func() int) bool) {
		for i := range many {
			if !yield(func() int {
				mu.Lock()
				atOnce++
				most = max(most, atOnce)
				mu.Unlock()
				time.Sleep(time.Duration(many-i) * 200 * time.Microsecond) // the first takes longest
				mu.Lock()
				atOnce--
				mu.Unlock()
				return i
			}) {
				return
			}
		}
	}
	for _, window := range []int{1, readsAhead, 2 * many} {
		var got []int
		most = 0
		inOrder(functions, window, func(i int) bool { got = append(got, i); return true })
		if !slices.IsSorted(got) || len(got) != many {
			t.Errorf("window %d: the order is %v", window, got)
		}
		if most > window || window > 1 && most < 2 {
			t.Errorf("window %d: %d at the same time", window, most)
		}
	}
	// Nobody reads on: what is running is the most that was begun in vain.
	begun := 0
	inOrder(func(yield func(func() int) bool) {
		for yield(func() int { return 0 }) {
			begun++
		}
	}, readsAhead, func(int) bool { return false })
	if begun != readsAhead-1 {
		t.Errorf("%d were begun in vain", begun)
	}
}
