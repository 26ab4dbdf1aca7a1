package main

import (
	"bytes"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func object(t *testing.T, id, input, output any) *tfprotov6.DynamicValue {
	t.Helper()
	value, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, map[string]tftypes.Value{
		"id":     tftypes.NewValue(tftypes.String, id),
		"input":  dynamic(input),
		"output": dynamic(output),
	}))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// dynamic returns a value of any type: a text, null or unknown.
func dynamic(value any) tftypes.Value {
	if text, is := value.(string); is {
		return tftypes.NewValue(tftypes.String, text)
	}
	return tftypes.NewValue(tftypes.DynamicPseudoType, value)
}

func TestResource(t *testing.T) {
	null, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name                            string
		prior, proposed, planned, state *tfprotov6.DynamicValue
	}{
		{"create", &null, object(t, nil, "a", nil), object(t, tftypes.UnknownValue, "a", tftypes.UnknownValue), object(t, "made", "a", "a")},
		{"change", object(t, "made", "a", "a"), object(t, "made", "b", "a"), object(t, "made", "b", tftypes.UnknownValue), object(t, "made", "b", "b")},
		{"no change", object(t, "made", "a", "a"), object(t, "made", "a", "a"), object(t, "made", "a", "a"), object(t, "made", "a", "a")},
		{"destroy", object(t, "made", "a", "a"), &null, &null, &null},
	} {
		planned, err := server{}.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{PriorState: test.prior, ProposedNewState: test.proposed})
		if err != nil || !bytes.Equal(planned.PlannedState.MsgPack, test.planned.MsgPack) {
			t.Errorf("%s: planned %q, %v; want %q", test.name, planned.PlannedState.MsgPack, err, test.planned.MsgPack)
			continue
		}
		applied, err := server{}.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{PlannedState: planned.PlannedState})
		if err != nil || !bytes.Equal(applied.NewState.MsgPack, test.state.MsgPack) {
			t.Errorf("%s: applied %q, %v; want %q", test.name, applied.NewState.MsgPack, err, test.state.MsgPack)
		}
	}
}

func TestImportAndUpgrade(t *testing.T) {
	imported, err := server{}.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{ID: "a"})
	if err != nil || !bytes.Equal(imported.ImportedResources[0].State.MsgPack, object(t, "a", nil, nil).MsgPack) {
		t.Errorf("imported %v, %v", imported, err)
	}
	upgraded, err := server{}.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		RawState: &tfprotov6.RawState{JSON: []byte(`{"id":"a","input":{"type":"string","value":"b"},"output":{"type":"string","value":"b"}}`)},
	})
	if err != nil || !bytes.Equal(upgraded.UpgradedState.MsgPack, object(t, "a", "b", "b").MsgPack) {
		t.Errorf("upgraded %v, %v", upgraded, err)
	}
}
