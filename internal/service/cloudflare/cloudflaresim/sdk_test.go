package cloudflaresim_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/user"
	"github.com/cloudflare/cloudflare-go/v7/zones"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// The vendor's own client finds all that it expects.
func TestVendorsClient(t *testing.T) {
	w := newWorld(t, "example.com")
	server := httptest.NewServer(w)
	defer server.Close()
	options := []option.RequestOption{
		option.WithBaseURL(server.URL + cloudflaresim.BasePath + "/"), option.WithAPIToken(cloudflaresim.Token), option.WithMaxRetries(0),
	}
	ctx := t.Context()

	verified, err := user.NewTokenService(options...).Verify(ctx)
	if err != nil || verified.Status != user.TokenVerifyResponseStatusActive {
		t.Errorf("the token: %+v, %v", verified, err)
	}
	var found []zones.Zone
	listed := zones.NewZoneService(options...).ListAutoPaging(ctx, zones.ZoneListParams{})
	for listed.Next() {
		found = append(found, listed.Current())
	}
	if listed.Err() != nil || len(found) != 1 || found[0].Name != "example.com" || found[0].Status != zones.ZoneStatusActive ||
		found[0].Type != zones.TypeFull || len(found[0].NameServers) != 2 {
		t.Fatalf("the zones: %+v, %v", found, listed.Err())
	}

	records := dns.NewRecordService(options...)
	var create dns.RecordNewParams
	create.ZoneID.Value, create.ZoneID.Present = found[0].ID, true
	var mx dns.MXRecordParam
	mx.Name.Value, mx.Name.Present = "@", true
	mx.Type.Value, mx.Type.Present = dns.MXRecordTypeMX, true
	mx.Content.Value, mx.Content.Present = "mail.example.com", true
	mx.Priority.Value, mx.Priority.Present = 10, true
	mx.TTL.Value, mx.TTL.Present = 300, true
	create.Body = mx
	made, err := records.New(ctx, create)
	if err != nil || made.Name != "example.com" || made.TTL != 300 || made.ID == "" {
		t.Fatalf("created: %+v, %v", made, err)
	}
	var refusal *dns.Error
	if _, err = records.New(ctx, create); !errors.As(err, &refusal) || refusal.StatusCode != 400 || refusal.Errors[0].Code != 81058 {
		t.Errorf("created again: %v", err)
	}

	var edit dns.RecordEditParams
	edit.ZoneID = create.ZoneID
	mx.Priority.Value = 20
	edit.Body = mx
	edited, err := records.Edit(ctx, made.ID, edit)
	// The SDK takes the answer for a record of another type, which has no priority.
	if err != nil || edited.ID != made.ID || !strings.Contains(edited.JSON.RawJSON(), `"priority":20`) {
		t.Errorf("edited: %+v, %v", edited, err)
	}
	all := records.ListAutoPaging(ctx, dns.RecordListParams{ZoneID: create.ZoneID})
	count := 0
	for all.Next() {
		count++
	}
	if all.Err() != nil || count != 1 {
		t.Errorf("%d records: %v", count, all.Err())
	}
	if gone, err := records.Delete(ctx, made.ID, dns.RecordDeleteParams{ZoneID: create.ZoneID}); err != nil || gone.ID != made.ID {
		t.Errorf("deleted: %+v, %v", gone, err)
	}
	if _, err := records.Get(ctx, made.ID, dns.RecordGetParams{ZoneID: create.ZoneID}); !errors.As(err, &refusal) || refusal.StatusCode != 404 {
		t.Errorf("after the end: %v", err)
	}

	var ofZone zones.ZoneDeleteParams
	ofZone.ZoneID = create.ZoneID
	zoneService := zones.NewZoneService(options...)
	if gone, err := zoneService.Delete(ctx, ofZone); err != nil || gone.ID != found[0].ID {
		t.Errorf("the zone is deleted: %+v, %v", gone, err)
	}
	var get zones.ZoneGetParams
	get.ZoneID = create.ZoneID
	var gone *zones.Error
	if _, err := zoneService.Get(ctx, get); !errors.As(err, &gone) || gone.StatusCode != 403 {
		t.Errorf("the zone that is gone: %v", err)
	}
}
