package octethsim

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// The DNS hosts whose APIs the platform calls, by their names on the platform and in the sandbox.
const (
	cloudflareHost = "cloudflare"
	namecheapHost  = "namecheap"
	godaddyHost    = "godaddy"
)

// platformAddress is the address of the platform's own calls. Namecheap answers only calls from
// addresses that its accounts allow.
const platformAddress = "192.0.2.10"

// dnsHost is the platform's access to a zone. Nobody sees its errors.
type dnsHost interface {
	authorize() error
	// publish adds the records that the zone lacks. If alone is set and the zone can only be
	// written as a whole, publish writes nothing else.
	publish(records []Record, alone bool) error
}

var dnsHosts = map[string]func(account) dnsHost{
	cloudflareHost: func(a account) dnsHost { return &cloudflareZone{account: a} },
	namecheapHost:  func(a account) dnsHost { return namecheapZone{a} },
	godaddyHost:    func(a account) dnsHost { return godaddyZone{a} },
}

// detected are those hosts by the name servers of their zones.
var detected = []dns.KnownHost{
	{Name: cloudflareHost, NameServers: []string{"ns.cloudflare.com", "foundationdns.com", "foundationdns.net", "foundationdns.org"}},
	{Name: namecheapHost, NameServers: []string{"registrar-servers.com"}},
	{Name: godaddyHost, NameServers: []string{"domaincontrol.com"}},
}

// account is the credentials for a zone at a DNS host.
type account struct {
	service                     *Service
	call                        *call
	apex                        string
	key, secret, user, username string
}

// send makes a call to a DNS host and returns its answer if it is a success.
func (a account) send(host, method, path, authorization, contentType string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(a.call.ctx, method, a.service.config.BaseURL(host)+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := a.service.config.Transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	content, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit))
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s answers %d: %s", host, response.StatusCode, content)
	}
	return content, err
}

func (a account) sendJSON(host, method, path, authorization string, body any) error {
	content, err := json.Marshal(body)
	if err == nil {
		_, err = a.send(host, method, path, authorization, "application/json", content)
	}
	return err
}

// cloudflareZone is a zone at Cloudflare, reached by an API token.
type cloudflareZone struct {
	account
	id string
}

func (z *cloudflareZone) authorize() error {
	body, err := z.send(cloudflareHost, http.MethodGet, "/client/v4/zones?name="+url.QueryEscape(z.apex), "Bearer "+z.key, "", nil)
	if err != nil {
		return err
	}
	var list struct {
		Result []struct {
			ID string `json:"id"`
		} `json:"result"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return err
	}
	if len(list.Result) != 1 {
		return fmt.Errorf("there is no zone %s", z.apex)
	}
	z.id = list.Result[0].ID
	return nil
}

func (z *cloudflareZone) publish(records []Record, _ bool) error {
	if err := z.authorize(); err != nil {
		return err
	}
	for _, r := range records {
		err := z.sendJSON(cloudflareHost, http.MethodPost, "/client/v4/zones/"+z.id+"/dns_records", "Bearer "+z.key,
			map[string]any{"name": r.Host, "type": r.Type, "content": strings.TrimSuffix(r.Value, "."), "ttl": 1})
		const identical = "81058"
		if err != nil && !strings.Contains(err.Error(), identical) {
			return err
		}
	}
	return nil
}

// namecheapZone is a zone at Namecheap, which is read and written as a whole.
type namecheapZone struct{ account }

// namecheapRecord is an element of Namecheap's list of a zone.
type namecheapRecord struct {
	Name    string `xml:"Name,attr"`
	Type    string `xml:"Type,attr"`
	Address string `xml:"Address,attr"`
	MXPref  string `xml:"MXPref,attr"`
	TTL     string `xml:"TTL,attr"`
}

// namecheapZoneList is Namecheap's list of a zone.
type namecheapZoneList struct {
	EmailType string            `xml:"EmailType,attr"`
	Records   []namecheapRecord `xml:"host"`
}

func (z namecheapZone) authorize() error {
	_, err := z.read()
	return err
}

func (z namecheapZone) read() (list namecheapZoneList, err error) {
	body, err := z.command("namecheap.domains.dns.getHosts", url.Values{})
	if err != nil {
		return list, err
	}
	var answer struct {
		Zone namecheapZoneList `xml:"CommandResponse>DomainDNSGetHostsResult"`
	}
	err = xml.Unmarshal(body, &answer)
	return answer.Zone, err
}

func (z namecheapZone) command(name string, form url.Values) ([]byte, error) {
	sld, tld, _ := strings.Cut(z.apex, ".")
	for parameter, value := range map[string]string{
		"ApiUser": z.user, "ApiKey": z.key, "UserName": z.username, "ClientIp": platformAddress,
		"Command": name, "SLD": sld, "TLD": tld,
	} {
		form.Set(parameter, value)
	}
	body, err := z.send(namecheapHost, http.MethodPost, "/xml.response", "", "application/x-www-form-urlencoded", []byte(form.Encode()))
	if err == nil && !bytes.Contains(body, []byte(`<ApiResponse Status="OK"`)) {
		err = fmt.Errorf("namecheap answers %s", body)
	}
	return body, err
}

func (z namecheapZone) publish(records []Record, alone bool) error {
	list, err := z.read()
	if err != nil {
		return err
	}
	zone := list.Records
	if alone {
		zone = nil
	}
	for _, r := range records {
		name, err := relative(r.Host, z.apex)
		if err != nil {
			return err
		}
		wanted := namecheapRecord{Name: name, Type: r.Type, Address: r.Value, MXPref: "10", TTL: "1800"}
		if !slices.ContainsFunc(zone, func(has namecheapRecord) bool {
			return has.Name == wanted.Name && has.Type == wanted.Type && has.Address == wanted.Address
		}) {
			zone = append(zone, wanted)
		}
	}
	form := url.Values{"EmailType": {list.EmailType}}
	for i, record := range zone {
		number := strconv.Itoa(i + 1)
		form.Set("HostName"+number, record.Name)
		form.Set("RecordType"+number, record.Type)
		form.Set("Address"+number, record.Address)
		form.Set("MXPref"+number, record.MXPref)
		form.Set("TTL"+number, record.TTL)
	}
	_, err = z.command("namecheap.domains.dns.setHosts", form)
	return err
}

// godaddyZone is a zone at GoDaddy, reached by a key with its secret.
type godaddyZone struct{ account }

// godaddyRecord is a record as GoDaddy lists it.
type godaddyRecord struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data string `json:"data"`
	TTL  int    `json:"ttl"`
}

func (z godaddyZone) authorize() error {
	_, err := z.send(godaddyHost, http.MethodGet, z.path(), z.authorization(), "", nil)
	return err
}

func (z godaddyZone) path() string { return "/v1/domains/" + url.PathEscape(z.apex) + "/records" }

func (z godaddyZone) authorization() string { return "sso-key " + z.key + ":" + z.secret }

func (z godaddyZone) publish(records []Record, _ bool) error {
	body, err := z.send(godaddyHost, http.MethodGet, z.path(), z.authorization(), "", nil)
	if err != nil {
		return err
	}
	var zone, missing []godaddyRecord
	if err := json.Unmarshal(body, &zone); err != nil {
		return err
	}
	for _, r := range records {
		name, err := relative(r.Host, z.apex)
		if err != nil {
			return err
		}
		wanted := godaddyRecord{Name: name, Type: r.Type, Data: strings.TrimSuffix(r.Value, "."), TTL: 3600}
		if !slices.ContainsFunc(zone, func(has godaddyRecord) bool {
			return has.Name == wanted.Name && has.Type == wanted.Type && strings.TrimSuffix(has.Data, ".") == wanted.Data
		}) {
			missing = append(missing, wanted)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return z.sendJSON(godaddyHost, http.MethodPatch, z.path(), z.authorization(), missing)
}
