package azuresim

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/dns/armdns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// token is a credential of the SDK.
type token string

func (t token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(t), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// Azure's own SDK, which speaks the older version of the API, works with the service.
func TestSDK(t *testing.T) {
	s := newServer(t, "example.com", "example.org")
	s.SetStored(Section, fault.Conditions{Settings: map[string]string{SettingPage: "2"}})
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	options := &arm.ClientOptions{ClientOptions: azcore.ClientOptions{
		Transport: server.Client(), Retry: policy.RetryOptions{MaxRetries: -1},
		Cloud: cloud.Configuration{
			ActiveDirectoryAuthorityHost: "https://login.example.com/",
			Services:                     map[cloud.ServiceName]cloud.ServiceConfiguration{cloud.ResourceManager: {Endpoint: server.URL, Audience: server.URL}},
		},
	}, DisableRPRegistration: true}
	zones, err := armdns.NewZonesClient(Subscription, token(Token), options)
	if err != nil {
		t.Fatal(err)
	}
	sets, err := armdns.NewRecordSetsClient(Subscription, token(Token), options)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()

	if _, err := zones.CreateOrUpdate(ctx, Group, "made.example", armdns.Zone{Location: to.Ptr("global")}, nil); err != nil {
		t.Fatal(err)
	}
	var names []string
	for pager := zones.NewListPager(nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range page.Value {
			names = append(names, *z.Name)
		}
	}
	if len(names) != 3 {
		t.Errorf("the zones are %q", names)
	}

	text := func(values ...string) *armdns.RecordSetProperties {
		p := &armdns.RecordSetProperties{TTL: to.Ptr[int64](60), Metadata: map[string]*string{"owner": to.Ptr("me")}}
		for _, value := range values {
			p.TxtRecords = append(p.TxtRecords, &armdns.TxtRecord{Value: []*string{to.Ptr(value)}})
		}
		return p
	}
	put := func(properties *armdns.RecordSetProperties, match, noneMatch *string) (armdns.RecordSetsClientCreateOrUpdateResponse, error) {
		return sets.CreateOrUpdate(ctx, Group, "example.com", "a", armdns.RecordTypeTXT, armdns.RecordSet{Properties: properties},
			&armdns.RecordSetsClientCreateOrUpdateOptions{IfMatch: match, IfNoneMatch: noneMatch})
	}
	made, err := put(text("one"), nil, to.Ptr("*"))
	if err != nil || *made.Properties.Fqdn != "a.example.com." || *made.Properties.Metadata["owner"] != "me" {
		t.Fatalf("%+v, %v", made, err)
	}
	refusedWith(t, "creating it again", 412, "PreconditionFailed")(put(text("two"), nil, to.Ptr("*")))
	changed, err := put(text("one", "two"), made.Etag, nil)
	if err != nil || *changed.Etag == *made.Etag {
		t.Fatalf("%+v, %v", changed, err)
	}
	refusedWith(t, "changing what has changed", 412, "PreconditionFailed")(put(text("three"), made.Etag, nil))
	refusedWith(t, "a twin", 400, "BadRequest")(put(text("one", "one"), nil, nil))
	_, err = sets.CreateOrUpdate(ctx, Group, "example.com", "a", armdns.RecordTypeCNAME, armdns.RecordSet{Properties: &armdns.RecordSetProperties{
		TTL: to.Ptr[int64](60), CnameRecord: &armdns.CnameRecord{Cname: to.Ptr("host.example.net")},
	}}, nil)
	refusedWith(t, "a CNAME beside it", 409, "Conflict")(made, err)
	_, err = sets.Delete(ctx, Group, "example.com", "a", armdns.RecordTypeTXT, &armdns.RecordSetsClientDeleteOptions{IfMatch: made.Etag})
	refusedWith(t, "deleting what has changed", 412, "PreconditionFailed")(made, err)

	all := map[string]int{}
	for pager := sets.NewListByDNSZonePager(Group, "example.com", nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range page.Value {
			all[*set.Type+" "+*set.Name] = len(set.Properties.TxtRecords)
		}
	}
	if len(all) != 3 || all["Microsoft.Network/dnszones/TXT a"] != 2 {
		t.Errorf("the record sets are %v", all)
	}
	for range 2 { // the second time, nothing is there
		if _, err := sets.Delete(ctx, Group, "example.com", "a", armdns.RecordTypeTXT, nil); err != nil {
			t.Error(err)
		}
	}
	_, err = sets.Get(ctx, Group, "example.com", "a", armdns.RecordTypeTXT, nil)
	refusedWith(t, "what is gone", 404, "NotFound")(made, err)

	// A zone is deleted with its records, and what is deleted already is no error.
	if _, err := put(text("again"), nil, nil); err != nil {
		t.Fatal(err)
	}
	removeZone := func(match *string) error {
		poller, err := zones.BeginDelete(ctx, Group, "example.com", &armdns.ZonesClientBeginDeleteOptions{IfMatch: match})
		if err == nil {
			_, err = poller.PollUntilDone(ctx, nil)
		}
		return err
	}
	refusedWith(t, "another zone", 412, "PreconditionFailed")(nil, removeZone(to.Ptr("other")))
	for range 2 {
		if err := removeZone(nil); err != nil {
			t.Error(err)
		}
	}
	_, err = zones.Get(ctx, Group, "example.com", nil)
	refusedWith(t, "the zone that is gone", 404, "ResourceNotFound")(nil, err)
	again, err := zones.CreateOrUpdate(ctx, Group, "example.com", armdns.Zone{Location: to.Ptr("global")}, &armdns.ZonesClientCreateOrUpdateOptions{IfNoneMatch: to.Ptr("*")})
	if err != nil || *again.Properties.NumberOfRecordSets != 2 {
		t.Errorf("made again: %+v, %v", again, err)
	}
	if err := s.EditZone(Group, "example.com", func(z *Zone) { z.Lock = "CanNotDelete" }); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, "a zone with a lock", 409, "ScopeLocked")(nil, removeZone(nil))
}

// refusedWith checks that the SDK understands a refusal.
func refusedWith(t *testing.T, what string, status int, code string) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		var response *azcore.ResponseError
		if !errors.As(err, &response) || response.StatusCode != status || response.ErrorCode != code {
			t.Errorf("%s: %v", what, err)
		}
	}
}
