package function

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestErrorsShowNoLongTexts(t *testing.T) {
	key := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("MC4CAQAwBQYDK2VwBCIEINot4k3y", 3) + "\n-----END PRIVATE KEY-----\n"
	value := types.DynamicValue(types.ObjectValueMust(map[string]attr.Type{"k": types.StringType, "h": types.ListType{ElemType: types.StringType}},
		map[string]attr.Value{"k": types.StringValue(key), "h": types.ListValueMust(types.StringType, []attr.Value{types.StringValue("sha1")})}))
	for _, form := range []string{key, strings.TrimSpace(key), strings.ReplaceAll(key, "\n", `\n`)} {
		got := shorten("k: \""+form+"\" is no type of key", longTexts(value))
		if strings.Contains(got, "not4k3y") || !strings.HasPrefix(got, "k: \"-----BEGIN P…") || !strings.HasSuffix(got, "\" is no type of key") {
			t.Errorf("it is said: %s", got)
		}
	}
	if got := shorten("h: sha1 is too weak", longTexts(value)); got != "h: sha1 is too weak" {
		t.Errorf("it is said: %s", got)
	}
}
