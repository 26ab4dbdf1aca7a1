package main

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// object are the attributes of an object; those that are left out are null.
type object map[string]any

// valueOf makes a value of a type. It panics where the two do not fit, which is a fault of
// this program.
func valueOf(ty tftypes.Type, v any) tftypes.Value {
	switch v := v.(type) {
	case map[string]object:
		elements := map[string]tftypes.Value{}
		for key, element := range v {
			elements[key] = valueOf(ty.(tftypes.Map).ElementType, element)
		}
		return tftypes.NewValue(ty, elements)
	case []string:
		elements := []tftypes.Value{}
		for _, element := range v {
			elements = append(elements, tftypes.NewValue(tftypes.String, element))
		}
		return tftypes.NewValue(ty, elements)
	case object:
		members := map[string]tftypes.Value{}
		for name, member := range ty.(tftypes.Object).AttributeTypes {
			members[name] = valueOf(member, v[name])
		}
		return tftypes.NewValue(ty, members)
	}
	return tftypes.NewValue(ty, v)
}

// encode makes the protocol's form of a value.
func encode(v tftypes.Value) *tfprotov6.DynamicValue {
	encoded, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		panic(err)
	}
	return &encoded
}

// members are the attributes of an object, or the elements of a map.
func members(v tftypes.Value) map[string]tftypes.Value {
	found := map[string]tftypes.Value{}
	if v.IsKnown() && !v.IsNull() {
		if err := v.As(&found); err != nil {
			panic(err)
		}
	}
	return maps.Clone(found) // it is the value's own
}

// elements are those of a list.
func elements(v tftypes.Value) []tftypes.Value {
	var found []tftypes.Value
	if v.IsKnown() && !v.IsNull() {
		if err := v.As(&found); err != nil {
			panic(err)
		}
	}
	return found
}

// textOf is a text, empty where there is none.
func textOf(v tftypes.Value) string {
	var text string
	if v.IsKnown() && !v.IsNull() {
		if err := v.As(&text); err != nil {
			panic(err)
		}
	}
	return text
}

// differences lists where a value is not what an earlier plan of it promised. What was
// unknown in the plan may become anything. This is the check that Terraform makes between
// the two plans of a change, and between the plan and what an apply returns.
func differences(at string, planned, actual tftypes.Value) []string {
	switch {
	case !planned.IsKnown():
		return nil
	case !actual.IsKnown(), planned.IsNull() != actual.IsNull():
		return []string{fmt.Sprintf("%s: was %s, but now %s", at, planned, actual)}
	case planned.IsNull():
		return nil
	case planned.Type().Is(tftypes.Object{}), planned.Type().Is(tftypes.Map{}):
		before, after := members(planned), members(actual)
		var found []string
		for _, name := range slices.Sorted(maps.Keys(before)) {
			if now, there := after[name]; there {
				found = append(found, differences(at+"."+name, before[name], now)...)
			} else {
				found = append(found, fmt.Sprintf("%s.%s: has vanished", at, name))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(after)) {
			if _, there := before[name]; !there {
				found = append(found, fmt.Sprintf("%s.%s: has appeared", at, name))
			}
		}
		return found
	case planned.Type().Is(tftypes.List{}):
		before, after := elements(planned), elements(actual)
		if len(before) != len(after) {
			return []string{fmt.Sprintf("%s: was %s, but now %s", at, planned, actual)}
		}
		var found []string
		for i := range before {
			found = append(found, differences(fmt.Sprintf("%s[%d]", at, i), before[i], after[i])...)
		}
		return found
	case !planned.Equal(actual):
		return []string{fmt.Sprintf("%s: was %s, but now %s", at, planned, actual)}
	}
	return nil
}

// numberOf is a small number.
func numberOf(v tftypes.Value) uint16 {
	var number big.Float
	if err := v.As(&number); err != nil {
		panic(err)
	}
	n, _ := number.Uint64()
	return uint16(n)
}
