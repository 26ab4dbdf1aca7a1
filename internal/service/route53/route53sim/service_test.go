package route53sim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

// world is a service behind a socket, and the vendor's SDK in front of it.
type world struct {
	*route53sim.Service
	*sandboxtest.World
	t      *testing.T
	server *httptest.Server
	client *route53.Client
}

func newWorld(t *testing.T, zones ...string) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), t: t}
	w.Service = route53sim.New(route53sim.Config{Store: w.Store, Now: w.Now, Conditions: w.Conditions})
	for _, zone := range zones {
		if err := w.AddZone(zone); err != nil {
			t.Fatal(err)
		}
	}
	// Several services can be at one address, each with a path of its own.
	w.server = httptest.NewServer(http.StripPrefix("/route53", w.Service))
	t.Cleanup(w.server.Close)
	w.client = w.as(route53sim.AccessKey, route53sim.SecretKey, "", "us-east-1")
	return w
}

func (w *world) as(key, secret, token, region string) *route53.Client {
	return route53.New(route53.Options{
		Region: region, BaseEndpoint: aws.String(w.server.URL + "/route53"), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, token),
	})
}

func (w *world) ids() []string {
	w.t.Helper()
	listed, err := w.client.ListHostedZones(w.t.Context(), &route53.ListHostedZonesInput{})
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []string
	for _, z := range listed.HostedZones {
		ids = append(ids, *z.Id)
	}
	return ids
}

func code(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func set(name string, recordType types.RRType, ttl int64, values ...string) *types.ResourceRecordSet {
	s := &types.ResourceRecordSet{Name: aws.String(name), Type: recordType, TTL: aws.Int64(ttl)}
	for _, value := range values {
		s.ResourceRecords = append(s.ResourceRecords, types.ResourceRecord{Value: aws.String(value)})
	}
	return s
}

func (w *world) change(changes ...types.Change) []string {
	w.t.Helper()
	_, err := w.client.ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String(w.ids()[0]), ChangeBatch: &types.ChangeBatch{Changes: changes},
	})
	var refused *types.InvalidChangeBatch
	switch {
	case errors.As(err, &refused) && refused.Messages != nil:
		return refused.Messages
	case errors.As(err, &refused):
		return []string{refused.ErrorMessage()}
	case err != nil:
		return []string{code(err)}
	}
	return nil
}

func create(s *types.ResourceRecordSet) types.Change {
	return types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: s}
}

func remove(s *types.ResourceRecordSet) types.Change {
	return types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: s}
}

// texts are the values of the sets of the zone that are not at its apex.
func (w *world) texts() []string {
	w.t.Helper()
	listed, err := w.client.ListResourceRecordSets(w.t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String(w.ids()[0])})
	if err != nil {
		w.t.Fatal(err)
	}
	var texts []string
	for _, s := range listed.ResourceRecordSets {
		for _, value := range s.ResourceRecords {
			if *s.Name != "example.com." {
				texts = append(texts, *s.Name+" "+*value.Value)
			}
		}
	}
	return texts
}

func TestSignatures(t *testing.T) {
	w := newWorld(t, "example.com")
	for what, tc := range map[string]struct {
		client *route53.Client
		code   string
	}{
		"all is well":            {w.client, ""},
		"another secret":         {w.as(route53sim.AccessKey, "x", "", "us-east-1"), "SignatureDoesNotMatch"},
		"another region":         {w.as(route53sim.AccessKey, route53sim.SecretKey, "", "eu-central-1"), "SignatureDoesNotMatch"},
		"an unknown key":         {w.as("AKIANOBODY", route53sim.SecretKey, "", "us-east-1"), "InvalidClientTokenId"},
		"a token too many":       {w.as(route53sim.AccessKey, route53sim.SecretKey, route53sim.SessionToken, "us-east-1"), "InvalidClientTokenId"},
		"no token":               {w.as(route53sim.AccessKeyTemporary, route53sim.SecretKey, "", "us-east-1"), "InvalidClientTokenId"},
		"a temporary key":        {w.as(route53sim.AccessKeyTemporary, route53sim.SecretKey, route53sim.SessionToken, "us-east-1"), ""},
		"an expired key":         {w.as(route53sim.AccessKeyExpired, route53sim.SecretKey, route53sim.SessionToken, "us-east-1"), "ExpiredToken"},
		"a key without the list": {w.as(route53sim.AccessKeyNoList, route53sim.SecretKey, "", "us-east-1"), "AccessDenied"},
	} {
		if _, err := tc.client.ListHostedZones(t.Context(), &route53.ListHostedZonesInput{}); code(err) != tc.code {
			t.Errorf("%s: %v", what, err)
		}
	}
	resp, err := http.Get(w.server.URL + "/route53/2013-04-01/hostedzone")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() //nolint:errcheck // nothing was read
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("unsigned: %s", resp.Status)
	}
}

// A deletion has to name the set as it is, and a batch is made as a whole or not at all.
func TestCompareAndSwap(t *testing.T) {
	w := newWorld(t, "example.com")
	first := set("a.example.com", types.RRTypeTxt, 60, `"1"`, `"2"`)
	if got := w.change(create(first)); got != nil {
		t.Fatal(got)
	}
	other := func(change func(s *types.ResourceRecordSet)) *types.ResourceRecordSet {
		s := set("a.example.com", types.RRTypeTxt, 60, `"1"`, `"2"`)
		change(s)
		return s
	}
	const mismatch, missing, exists = "but the values provided do not match the current values", "but it was not found", "but it already exists"
	for what, tc := range map[string]struct {
		changes []types.Change
		says    string
	}{
		"another TTL":       {[]types.Change{remove(other(func(s *types.ResourceRecordSet) { s.TTL = aws.Int64(61) }))}, mismatch},
		"a value less":      {[]types.Change{remove(set("a.example.com", types.RRTypeTxt, 60, `"1"`))}, mismatch},
		"another value":     {[]types.Change{remove(set("a.example.com", types.RRTypeTxt, 60, `"1"`, `"3"`))}, mismatch},
		"another weight":    {[]types.Change{remove(other(func(s *types.ResourceRecordSet) { s.Weight = aws.Int64(1) }))}, mismatch},
		"an identifier":     {[]types.Change{remove(other(func(s *types.ResourceRecordSet) { s.SetIdentifier = aws.String("x") }))}, missing},
		"another type":      {[]types.Change{remove(set("a.example.com", types.RRTypeA, 60, "192.0.2.1"))}, missing},
		"created twice":     {[]types.Change{create(first)}, exists},
		"deleted twice":     {[]types.Change{remove(first), remove(first)}, missing},
		"one of two wrong":  {[]types.Change{create(set("b.example.com", types.RRTypeTxt, 60, `"b"`)), create(first)}, exists},
		"SOA of the apex":   {[]types.Change{remove(set("example.com", types.RRTypeSoa, 900, "x"))}, mismatch},
		"CNAME beside":      {[]types.Change{create(set("a.example.com", types.RRTypeCname, 60, "b.example.com"))}, "conflicts with other records"},
		"CNAME at apex":     {[]types.Change{create(set("example.com", types.RRTypeCname, 60, "b.example.com"))}, "not permitted at apex"},
		"outside":           {[]types.Change{create(set("example.net", types.RRTypeTxt, 60, `"x"`))}, "is not permitted in zone example.com."},
		"the same twice":    {[]types.Change{create(set("c.example.com", types.RRTypeTxt, 60, `"ab"`, `"\141b"`))}, "Duplicate Resource Record"},
		"no quotes":         {[]types.Change{create(set("c.example.com", types.RRTypeTxt, 60, `x`))}, "InvalidCharacterString"},
		"a long string":     {[]types.Change{create(set("c.example.com", types.RRTypeTxt, 60, `"`+strings.Repeat("x", 256)+`"`))}, "CharacterStringTooLong"},
		"a long value":      {[]types.Change{create(set("c.example.com", types.RRTypeTxt, 60, strings.Repeat(`"`+strings.Repeat("x", 248)+`"`, 17)))}, "InvalidTXTRDATA"},
		"no address":        {[]types.Change{create(set("c.example.com", types.RRTypeA, 60, "192.0.2"))}, "not a valid IPv4 address"},
		"nothing at all":    {[]types.Change{create(set("c.example.com", types.RRTypeA, 60))}, "Missing field"},
		"policies together": {[]types.Change{create(other(func(s *types.ResourceRecordSet) { s.SetIdentifier, s.Weight = aws.String("x"), aws.Int64(1) }))}, "other RRSets exist"},
	} {
		got := w.change(tc.changes...)
		if len(got) == 0 || !strings.Contains(got[0], tc.says) {
			t.Errorf("%s: %q", what, got)
		}
		if got := w.texts(); len(got) != 2 {
			t.Errorf("%s: the zone has %q", what, got)
		}
	}
	if got := w.change(remove(set("A.example.com.", types.RRTypeTxt, 60, `"2"`, `"1"`)), create(set("a.example.com", types.RRTypeCname, 60, "b.example.com"))); got != nil {
		t.Errorf("an exchange: %q", got)
	}
	if got := w.texts(); !slices.Equal(got, []string{"a.example.com. b.example.com"}) {
		t.Errorf("the zone has %q", got)
	}
}

// What is wrong with a batch is one text, or a list.
func TestFormsOfABatchError(t *testing.T) {
	w := newWorld(t, "example.com")
	wrong := []types.Change{remove(set("a.example.com", types.RRTypeTxt, 60, `"1"`)), create(set("b.example.com", types.RRTypeTxt, 60, `x`))}
	if got := w.change(wrong...); len(got) != 1 || !strings.HasPrefix(got[0], "[Tried to delete") || !strings.Contains(got[0], "not found, Invalid Resource Record: ") {
		t.Errorf("one text: %q", got)
	}
	w.Turn(route53sim.SwitchListedErrors, true)
	if got := w.change(wrong...); len(got) != 2 || !strings.HasPrefix(got[0], "Tried to delete") || !strings.HasPrefix(got[1], "Invalid Resource Record: ") {
		t.Errorf("a list: %q", got)
	}
}

func TestSizeOfABatch(t *testing.T) {
	w := newWorld(t, "example.com")
	many := func(action types.ChangeAction, count, length int) []types.Change {
		var changes []types.Change
		for i := range count {
			s := set(fmt.Sprintf("n%d.example.com", i), types.RRTypeTxt, 60, `"`+strings.Repeat("x", length-2)+`"`)
			changes = append(changes, types.Change{Action: action, ResourceRecordSet: s})
		}
		return changes
	}
	for _, tc := range []struct {
		changes []types.Change
		refused bool
	}{
		{many(types.ChangeActionCreate, 1001, 3), true}, {many(types.ChangeActionUpsert, 501, 3), true},
		{many(types.ChangeActionCreate, 129, 250), true}, {many(types.ChangeActionCreate, 128, 250), false},
		{many(types.ChangeActionUpsert, 500, 3), false},
	} {
		if got := w.change(tc.changes...); (got != nil) != tc.refused {
			t.Errorf("%d changes: %q", len(tc.changes), got)
		}
	}
	w.Set(route53sim.SettingRecords, "502")
	if got := w.change(create(set("one.example.com", types.RRTypeTxt, 60, `"x"`))); !slices.Equal(got, []string{"LimitsExceeded"}) {
		t.Errorf("a record set too many: %q", got)
	}
}

func TestRate(t *testing.T) {
	w := newWorld(t, "example.com")
	w.Set(route53sim.SettingRequests, "3")
	call := func() string {
		_, err := w.client.ListHostedZones(t.Context(), &route53.ListHostedZonesInput{})
		return code(err)
	}
	for i := range 3 {
		if got := call(); got != "" {
			t.Errorf("call %d: %s", i, got)
		}
	}
	if got := call(); got != "Throttling" {
		t.Errorf("one too many: %s", got)
	}
	if _, err := w.client.ListHostedZonesByName(t.Context(), &route53.ListHostedZonesByNameInput{}); err != nil {
		t.Errorf("another action: %v", err)
	}
	w.Advance(100 * time.Millisecond)
	if got := call(); got != "" {
		t.Errorf("a moment later: %s", got)
	}
}

func TestPendingChange(t *testing.T) {
	w := newWorld(t, "example.com")
	made, err := w.client.ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String(w.ids()[0]), ChangeBatch: &types.ChangeBatch{Changes: []types.Change{create(set("a.example.com", types.RRTypeTxt, 60, `"x"`))}},
	})
	if err != nil || made.ChangeInfo.Status != types.ChangeStatusPending {
		t.Fatalf("%+v, %v", made, err)
	}
	status := func() types.ChangeStatus {
		got, err := w.client.GetChange(t.Context(), &route53.GetChangeInput{Id: made.ChangeInfo.Id})
		if err != nil {
			t.Fatal(err)
		}
		return got.ChangeInfo.Status
	}
	w.Advance(59 * time.Second)
	if got := status(); got != types.ChangeStatusPending {
		t.Errorf("before a minute: %s", got)
	}
	if got := w.texts(); len(got) != 1 {
		t.Errorf("the pending change is not listed: %q", got)
	}
	w.Advance(time.Second)
	if got := status(); got != types.ChangeStatusInsync {
		t.Errorf("after a minute: %s", got)
	}
	if _, err := w.client.GetChange(t.Context(), &route53.GetChangeInput{Id: aws.String("C1")}); code(err) != "NoSuchChange" {
		t.Errorf("got %v", err)
	}
}

// Zones are created by the API, several with one name, and listed by ID or from a name on.
func TestZones(t *testing.T) {
	w := newWorld(t)
	make := func(name, reference string, private bool) (*route53.CreateHostedZoneOutput, error) {
		return w.client.CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{
			Name: aws.String(name), CallerReference: aws.String(reference), HostedZoneConfig: &types.HostedZoneConfig{PrivateZone: private},
		})
	}
	for i, name := range []string{"b.example", "a.example", "b.example", "www.a.example"} {
		got, err := make(name, fmt.Sprint(i), i == 2)
		if err != nil || len(got.DelegationSet.NameServers) != 4 || !strings.HasPrefix(*got.HostedZone.Id, "/hostedzone/Z") {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := make("c.example", "1", false); code(err) != "HostedZoneAlreadyExists" {
		t.Errorf("the same reference: %v", err)
	}
	if _, err := make("no zone", "9", false); code(err) != "InvalidDomainName" {
		t.Errorf("a bad name: %v", err)
	}
	paginator := route53.NewListHostedZonesPaginator(w.client, &route53.ListHostedZonesInput{MaxItems: aws.Int32(3)})
	pages, zones := 0, 0
	for paginator.HasMorePages() {
		page, err := paginator.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pages++
		zones += len(page.HostedZones)
	}
	if pages != 2 || zones != 4 {
		t.Errorf("%d zones on %d pages", zones, pages)
	}
	byName, err := w.client.ListHostedZonesByName(t.Context(), &route53.ListHostedZonesByNameInput{DNSName: aws.String("ab.example"), MaxItems: aws.Int32(2)})
	if err != nil || len(byName.HostedZones) != 2 || *byName.HostedZones[0].Name != "b.example." || byName.IsTruncated {
		t.Errorf("%+v, %v", byName, err)
	}
	served, err := w.Zones()
	if err != nil || len(served) != 3 {
		t.Errorf("%d zones are served, %v", len(served), err)
	}
}

// A zone is deleted by the API when it has only what every zone has. One that is made again has another
// ID and other name servers.
func TestDeletedZones(t *testing.T) {
	w := newWorld(t, "example.com")
	id := w.ids()[0]
	remove := func(id string) error {
		got, err := w.client.DeleteHostedZone(t.Context(), &route53.DeleteHostedZoneInput{Id: aws.String(id)})
		if err == nil && got.ChangeInfo.Status != types.ChangeStatusPending {
			t.Errorf("deleted: %+v", got.ChangeInfo)
		}
		return err
	}
	text := set("a.example.com.", types.RRTypeTxt, 60, `"x"`)
	w.change(create(text))
	if err := remove(id); code(err) != "HostedZoneNotEmpty" {
		t.Errorf("a zone with records: %v", err)
	}
	w.change(types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: text})
	if _, err := w.as(route53sim.AccessKeyReadOnly, route53sim.SecretKey, "", "us-east-1").DeleteHostedZone(t.Context(), &route53.DeleteHostedZoneInput{Id: aws.String(id)}); code(err) != "AccessDenied" {
		t.Errorf("by a reader: %v", err)
	}
	if err := remove(id); err != nil {
		t.Error(err)
	}
	if err := remove(id); code(err) != "NoSuchHostedZone" {
		t.Errorf("deleted again: %v", err)
	}
	_, err := w.client.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String(id)})
	if code(err) != "NoSuchHostedZone" {
		t.Errorf("read: %v", err)
	}
	made, err := w.client.CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("again")})
	if err != nil || *made.HostedZone.Id == id {
		t.Errorf("made again: %+v, %v", made, err)
	}
	private := func(reference, network string) error {
		_, err := w.client.CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{
			Name: aws.String("example.com"), CallerReference: aws.String(reference), VPC: &types.VPC{VPCId: aws.String(network), VPCRegion: types.VPCRegionUsEast1},
		})
		return err
	}
	for i, c := range []struct{ network, code string }{{"vpc-1", ""}, {"vpc-2", ""}, {"vpc-1", "ConflictingDomainExists"}} {
		if err := private(fmt.Sprint("private ", i), c.network); code(err) != c.code {
			t.Errorf("in the network %s: %v, want %q", c.network, err, c.code)
		}
	}
	_, err = w.client.CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{Name: aws.String("example.net"), CallerReference: aws.String("set"), DelegationSetId: aws.String("N1")})
	if code(err) != "NoSuchDelegationSet" {
		t.Errorf("with a delegation set: %v", err)
	}
}

// The name servers answer with what the sets mean: one of several weighted sets, and an alias with the
// records of its target.
func TestServedRecords(t *testing.T) {
	w := newWorld(t)
	ttl, none, ten := int64(60), int64(0), int64(10)
	value := func(values ...string) (out []route53sim.Value) {
		for _, v := range values {
			out = append(out, route53sim.Value{Value: v})
		}
		return out
	}
	err := w.EditZone("example.com", func(z *route53sim.Zone) {
		z.Sets = append(z.Sets,
			&route53sim.Set{Name: `\052.example.com.`, Type: "TXT", TTL: &ttl, Values: value(`"\303\244" "b"`)},
			&route53sim.Set{Name: "mail.example.com.", Type: "MX", TTL: &ttl, Values: value("10 mx.example.net")},
			&route53sim.Set{Name: "www.example.com.", Type: "A", SetIdentifier: "1", Weight: &none, TTL: &ttl, Values: value("192.0.2.1")},
			&route53sim.Set{Name: "www.example.com.", Type: "A", SetIdentifier: "2", Weight: &ten, TTL: &ttl, Values: value("192.0.2.2")},
			&route53sim.Set{Name: "www.example.com.", Type: "A", SetIdentifier: "3", Weight: &ten, TTL: &ttl, Values: value("192.0.2.3")},
			&route53sim.Set{Name: "near.example.com.", Type: "A", AliasTarget: &route53sim.AliasTarget{DNSName: "host.example.com."}},
			&route53sim.Set{Name: "far.example.com.", Type: "A", AliasTarget: &route53sim.AliasTarget{DNSName: "lb.example.net."}},
			&route53sim.Set{Name: "host.example.com.", Type: "A", TTL: &ttl, Values: value("192.0.2.7")})
	})
	if err != nil {
		t.Fatal(err)
	}
	zones, err := w.Zones()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, rr := range zones[0].Records {
		if h := rr.Header(); h.Name != "example.com." {
			got = append(got, strings.Join(strings.Fields(rr.String()), " "))
		}
	}
	want := []string{
		`*.example.com. 60 IN TXT "\195\164" "b"`, "mail.example.com. 60 IN MX 10 mx.example.net.", "www.example.com. 60 IN A 192.0.2.2",
		"near.example.com. 60 IN A 192.0.2.7", "far.example.com. 60 IN A 198.51.100.153", "host.example.com. 60 IN A 192.0.2.7",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	tables, err := w.Tables()
	if err != nil || len(tables) != 2 || len(tables[1].Rows) != 5 {
		t.Errorf("%+v, %v", tables, err)
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	w := newWorld(t)
	w.Set(route53sim.SettingPending, "long")
	if _, err := w.client.ListHostedZones(context.Background(), &route53.ListHostedZonesInput{}); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("got %v", err)
	}
}
