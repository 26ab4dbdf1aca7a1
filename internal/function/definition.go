package function

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// definition is one function of the provider.
type definition struct {
	name        string
	summary     string // one line, without full stop
	description string // Markdown
	parameters  []function.Parameter
	variadic    function.Parameter // nil for none
	result      function.Return
	// run reads the arguments and returns the result. It may return nil if the arguments say that
	// something is wrong or unknown.
	run func(*arguments) attr.Value
}

var _ function.Function = definition{}

func (d definition) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = d.name
}

func (d definition) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             d.summary,
		MarkdownDescription: d.description,
		Parameters:          d.parameters,
		VariadicParameter:   d.variadic,
		Return:              d.result,
	}
}

// Run calls the function. If an argument is unknown, or something in it, the result is unknown too,
// unless what is known is already wrong.
func (d definition) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	args := &arguments{ctx: ctx, data: req.Arguments}
	result := d.run(args)
	switch {
	case args.err != nil:
		args.err.Text = shorten(args.err.Text, args.long)
		resp.Error = args.err
	case args.unknown:
		// The framework has set the result to unknown.
	default:
		resp.Error = resp.Result.Set(ctx, result)
	}
}

// arguments are those of one call. Its methods note what is wrong.
type arguments struct {
	ctx     context.Context
	data    function.ArgumentsData
	err     *function.FuncError
	unknown bool
	long    []string // texts in the arguments that no error shows in full
}

// stop reports whether the call has no known result, because of what was read so far.
func (a *arguments) stop() bool { return a.err != nil || a.unknown }

// fail notes what is wrong with an argument; nothing if err is nil.
func (a *arguments) fail(index int, err error) {
	if err != nil {
		a.err = function.ConcatFuncErrors(a.err, function.NewArgumentFuncError(int64(index), err.Error()))
	}
}

// value returns an argument. A variadic one is a tuple.
func (a *arguments) value(index int) attr.Value {
	var value attr.Value
	if err := a.data.GetArgument(a.ctx, index, &value); err != nil {
		a.err = function.ConcatFuncErrors(a.err, err)
		return nil
	}
	value = concrete(value)
	if hasUnknown(value) {
		a.unknown = true
	}
	a.long = append(a.long, longTexts(value)...)
	return value
}

// text returns an argument that is a string; "" if it is null or unknown.
func (a *arguments) text(index int) string {
	text, _ := a.value(index).(types.String)
	return text.ValueString()
}

// domain returns the first argument, which is a domain, in the form that records have.
func (a *arguments) domain() string { return a.name(0, mailrecord.ASCIIDomain) }

// host returns an argument that is a host, in the form that records have.
func (a *arguments) host(index int) string { return a.name(index, mailrecord.ASCIIHost) }

func (a *arguments) name(index int, check func(string) (string, error)) string {
	text, ok := a.value(index).(types.String)
	if !ok || text.IsUnknown() {
		return ""
	}
	name, err := check(text.ValueString())
	a.fail(index, err)
	return name
}

// texts returns an argument that is a string or a list of strings. It is an error if there is none.
func (a *arguments) texts(index int) []string {
	texts, err := textsOf(a.value(index))
	if err == nil && texts == nil && !a.unknown {
		err = errors.New("it is null")
	}
	a.fail(index, err)
	return texts
}

// built returns the text that was built from an argument.
func (a *arguments) built(index int, text string, err error) attr.Value {
	a.fail(index, err)
	return types.StringValue(text)
}

// stringParameter is a parameter that is a string.
func stringParameter(name, description string) function.StringParameter {
	return function.StringParameter{Name: name, MarkdownDescription: description, AllowUnknownValues: true}
}

// optionsParameter is a parameter that is an object or a map, whose attributes are optional. HCL
// has no such type for the parameters of functions.
func optionsParameter(description string) function.DynamicParameter {
	return function.DynamicParameter{Name: "options", MarkdownDescription: description, AllowUnknownValues: true}
}
