package octethapi

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"
)

func TestWords(t *testing.T) {
	for raw, want := range map[string]words{`"a"`: "a", "7": "7", `["a","b",3]`: "a; b; 3", "[]": "", "null": "", `{"a":1}`: `{"a":1}`} {
		var got words
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s: %q, %v", raw, got, err)
		}
	}
}

func TestRecordsInAnyShape(t *testing.T) {
	want := records{"sl.example.com": {Type: "CNAME", Value: "mfrom.example.", Verified: new(true)}, "x.example.com": {Type: "TXT", Value: "hash"}}
	for _, raw := range []string{
		`{"SL.example.com.":["cname","mfrom.example.",true],"x.example.com":["TXT","hash"]}`,
		`{"sl.example.com":["CNAME","mfrom.example.",1],"x.example.com":["TXT","hash",null]}`,
		`{"sl.example.com":{"Type":"CNAME","Value":"mfrom.example.","IsVerified":true},"x.example.com":{"Type":"TXT","Value":"hash","IsVerified":null}}`,
		`[{"Host":"sl.example.com","Type":"CNAME","Value":"mfrom.example.","Verified":"1"},{"Host":"x.example.com","Type":"TXT","Value":"hash"}]`,
	} {
		var got records
		err := json.Unmarshal([]byte(raw), &got)
		if err != nil || !maps.EqualFunc(got, want, sameRecord) {
			t.Errorf("%s: %v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"[]", "{}"} {
		var got records
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got == nil || len(got) != 0 {
			t.Errorf("%s: %v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{`{"a.example":["TXT"]}`, `{"a.example":"TXT"}`, `{"":["TXT","x"]}`, `{"a.example":["TXT",""]}`, `[{"Type":"TXT","Value":"x"}]`, `["x"]`, "7",
		`[{"Host":"a.example","Type":"TXT","Value":"x"},{"Host":"a.example.","Type":"MX","Value":"mx.example"}]`} {
		var got records
		if json.Unmarshal([]byte(raw), &got) == nil {
			t.Errorf("%s is accepted as %v", raw, got)
		}
	}
}

func sameRecord(a, b Record) bool {
	seen := func(r Record) int {
		if r.Verified == nil {
			return 2
		}
		return map[bool]int{true: 1}[*r.Verified]
	}
	return a.Type == b.Type && a.Value == b.Value && seen(a) == seen(b)
}

// Domains as the documentation of each version shows them.
func TestStatusInAnyShape(t *testing.T) {
	for raw, want := range map[string]Status{
		`{"Status":"Suspended"}`: Suspended, `{"Status":"Blocked","IsActive":true}`: "Blocked",
		`{"VerificationStatus":"Pending"}`: ApprovalPending, `{"VerificationStatus":"Verified"}`: Enabled,
		`{"Verified":true,"Active":true}`: Enabled, `{"Verified":"1","Active":"0"}`: Disabled, `{"Verified":true}`: Enabled,
		`{"Verified":false,"Active":true}`: ApprovalPending, `{"IsActive":1}`: Enabled, `{"IsActive":0}`: ApprovalPending, `{}`: ApprovalPending,
	} {
		var d domain
		if err := json.Unmarshal([]byte(raw), &d); err != nil || d.status() != want {
			t.Errorf("%s: %s, %v", raw, d.status(), err)
		}
	}
}

func TestOptionsInAnyShape(t *testing.T) {
	for raw, want := range map[string]Options{
		`{"Options":{"LinkTracking":1,"OpenTracking":"0","CustomSubdomain":"sl","CustomTrackPrefix":"t","TrackPrefixDisabled":false}}`: {
			LinkTracking: new(true), OpenTracking: new(false), Subdomain: new("sl"), TrackPrefix: new("t"), UseTrackingSubdomain: new(true)},
		`{"Options":{"UnsubscribeLink":true,"TrackPrefixDisabled":1}}`:               {UnsubscribeLink: new(true), UseTrackingSubdomain: new(false)},
		`{"DomainID":"1","LinkTracking":"0","UnsubscribeLink":"1","Subdomain":"em"}`: {LinkTracking: new(false), UnsubscribeLink: new(true), Subdomain: new("em")},
		`{"Options":[]}`: {},
		`{}`:             {},
	} {
		var d domain
		if err := json.Unmarshal([]byte(raw), &d); err != nil || !reflect.DeepEqual(d.model(Campaign).Options, want) {
			t.Errorf("%s: %+v, %v", raw, d.model(Campaign).Options, err)
		}
	}
}

// Whatever an answer holds, decoding it ends, and what is accepted is complete.
func FuzzAnswer(f *testing.F) {
	for _, example := range []string{
		`{"Success":true,"SenderDomain":{"DomainID":"12","SenderDomain":"example.com","Options":[],"VerificationMeta":{"DNSRecords":{"a.example.com":["TXT","x",true]}}}}`,
		`{"Success":false,"ErrorCode":[1,"2"],"ErrorText":["a"]}`, `{"Errors":{"Code":"1","Message":["m"]}}`, `{"Domains":false,"DNSRecords":[]}`,
		`{"Domain":[],"DNSVerificationResults":[{"Host":"a","Type":"A","Value":"192.0.2.1","Verified":0}]}`,
	} {
		f.Add([]byte(example))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var v verdict
		if json.Unmarshal(raw, &v) == nil {
			v.refused()
			v.reason()
		}
		var a answer
		if json.Unmarshal(raw, &a) != nil {
			return
		}
		a.one().model(Campaign)
		for _, set := range []records{a.DNSRecords, a.DNSVerificationResults} {
			for host, r := range set {
				if host == "" || r.Type == "" || r.Value == "" {
					t.Errorf("%q: %+v", host, r)
				}
			}
		}
	})
}
