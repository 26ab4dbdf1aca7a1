package function_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

// Arguments are written in Go. An object has attributes of several types, as a literal of HCL has;
// the elements of a dictionary are strings, as a map(string) has them.
type (
	object     map[string]any
	dictionary map[string]string
	tuple      []any
	list       []string
	set        []string
	unknown    struct{ of tftypes.Type }
)

var (
	anything = tftypes.DynamicPseudoType
	// unknownText is a string that is not known yet.
	unknownText = unknown{tftypes.String}
)

// value converts an argument to what Terraform sends.
func value(argument any) tftypes.Value {
	switch argument := argument.(type) {
	case nil:
		return tftypes.NewValue(anything, nil)
	case unknown:
		return tftypes.NewValue(argument.of, tftypes.UnknownValue)
	case string:
		return tftypes.NewValue(tftypes.String, argument)
	case bool:
		return tftypes.NewValue(tftypes.Bool, argument)
	case int, float64:
		return tftypes.NewValue(tftypes.Number, argument)
	case list:
		return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, texts(argument))
	case set:
		return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, texts(argument))
	case tuple:
		elements, kinds := []tftypes.Value{}, []tftypes.Type{}
		for _, element := range argument {
			v := value(element)
			elements, kinds = append(elements, v), append(kinds, v.Type())
		}
		return tftypes.NewValue(tftypes.Tuple{ElementTypes: kinds}, elements)
	case dictionary:
		elements := map[string]tftypes.Value{}
		for name, text := range argument {
			elements[name] = value(text)
		}
		return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, elements)
	case object:
		attributes, kinds := map[string]tftypes.Value{}, map[string]tftypes.Type{}
		for name, attribute := range argument {
			v := value(attribute)
			attributes[name], kinds[name] = v, v.Type()
		}
		return tftypes.NewValue(tftypes.Object{AttributeTypes: kinds}, attributes)
	}
	panic(fmt.Sprintf("an argument of the type %T", argument))
}

func texts(elements []string) []tftypes.Value {
	values := []tftypes.Value{}
	for _, text := range elements {
		values = append(values, value(text))
	}
	return values
}

// server is the provider as it is served.
func server() tfprotov6.ProviderServer {
	return protocol.LetContextsGo(protocol.TellPhase(providerserver.NewProtocol6(provider.New("test")())()))
}

// functions are the definitions of all functions.
func functions(t *testing.T) map[string]*tfprotov6.Function {
	t.Helper()
	response, err := server().GetFunctions(t.Context(), &tfprotov6.GetFunctionsRequest{})
	if err != nil || len(response.Diagnostics) > 0 {
		t.Fatal(err, response.Diagnostics)
	}
	return response.Functions
}

// call calls a function as Terraform does.
func call(t *testing.T, name string, arguments ...any) (any, *tfprotov6.FunctionError) {
	t.Helper()
	definition := functions(t)[name]
	if definition == nil {
		t.Fatalf("there is no function %s", name)
	}
	request := &tfprotov6.CallFunctionRequest{Name: name}
	for i, argument := range arguments {
		parameter := definition.VariadicParameter
		if i < len(definition.Parameters) {
			parameter = definition.Parameters[i]
		}
		v := value(argument)
		if argument == nil {
			v = tftypes.NewValue(parameter.Type, nil)
		}
		sent, err := tfprotov6.NewDynamicValue(parameter.Type, v)
		if err != nil {
			t.Fatal(err)
		}
		request.Arguments = append(request.Arguments, &sent)
	}
	response, err := server().CallFunction(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if response.Error != nil {
		return nil, response.Error
	}
	result, err := response.Result.Unmarshal(definition.Return.Type)
	if err != nil {
		t.Fatal(err)
	}
	return plain(t, result), nil
}

// plain converts a result to Go: strings, numbers as strings, slices and maps; nil for null, and an
// unknown for what is not known.
func plain(t *testing.T, v tftypes.Value) any {
	t.Helper()
	if !v.IsKnown() {
		return unknown{}
	}
	if v.IsNull() {
		return nil
	}
	switch {
	case v.Type().Is(tftypes.String):
		var text string
		if err := v.As(&text); err != nil {
			t.Fatal(err)
		}
		return text
	case v.Type().Is(tftypes.Number):
		number := new(big.Float)
		if err := v.As(&number); err != nil {
			t.Fatal(err)
		}
		return number.String()
	case v.Type().Is(tftypes.List{}):
		var elements []tftypes.Value
		if err := v.As(&elements); err != nil {
			t.Fatal(err)
		}
		var plains []any
		for _, element := range elements {
			plains = append(plains, plain(t, element))
		}
		return plains
	}
	var elements map[string]tftypes.Value
	if err := v.As(&elements); err != nil {
		t.Fatalf("a result of the type %s: %v", v.Type(), err)
	}
	plains := map[string]any{}
	for name, element := range elements {
		plains[name] = plain(t, element)
	}
	return plains
}
