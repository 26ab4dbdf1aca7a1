package check

import (
	"strings"
	"testing"
)

func TestRunMXAndSPF(t *testing.T) {
	w := &world{}
	w.put(t, "example.com", "@ IN MX 10 mail", "mail IN A 192.0.9.25", `@ IN TXT "v=spf1 mx include:spf.example.net -all"`, `_dmarc IN TXT "v=DMARC1; p=reject"`)
	w.put(t, "example.net", `spf IN TXT "v=spf1 ip4:192.0.9.0/24 a:gone.example.net ?all"`)
	report, err := Run(t.Context(), Options{Domain: "Example.COM.", Lookup: w.serve(t), Only: []string{"mx_*", "spf"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range report.Results {
		if result.Status != Pass && result.Status != Skip {
			t.Errorf("%s: %s: %s", result.ID, result.Status, result.Found)
		}
	}
	if report.SPF == nil || report.SPF.Lookups != 3 || report.SPF.Terms[1].Record == nil || report.SPF.Terms[1].Lookups != 2 {
		t.Errorf("the SPF tree is %+v", report.SPF)
	}
	if len(report.MX) != 1 || report.MX[0].Host != "mail.example.com" || strings.Join(report.MX[0].Addresses, " ") != "192.0.9.25" {
		t.Errorf("the hosts are %+v", report.MX)
	}
	for question, times := range w.asked {
		if times > 1 {
			t.Errorf("%s was asked for %d times", question, times)
		}
	}
}
