package sandbox

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed" // for the template and the style of the page
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

const (
	// pageRows and pageZones limit what the page shows of a table and of all zones, so that a large
	// sandbox stays readable.
	pageRows  = 200
	pageZones = 100
	// fewZones are shown with their records unfolded.
	fewZones = 12
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))
	// pagePolicy allows the page its own style and nothing else: no script, no other address, no
	// form, no frame.
	pagePolicy = "default-src 'none'; style-src 'sha256-" + styleHash() + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

func styleHash() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page is what the template shows.
type page struct {
	CSS      template.CSS
	Access   access
	Note53   string
	File     string
	Zones    []pageZone // of DNS hosts, and published ones
	Own      []pageZone // of the services themselves
	Services []pageService
	Calls    []pageCall
	Most     int
	// Conditions are those in force.
	Conditions []pageConditions
	Controls   []control
	Fields     []fault.Field
	Kinds      []fault.KindDescription
	Time       string
	Refresh    bool
	MoreZones  int
}

type pageZone struct {
	Apex, Host, NameServers string
	Elsewhere               bool // no service edits it
	Served, Open            bool
	Records                 pageTable
}

type pageService struct {
	Name, Title, URL, Login string
	Tables                  []pageTable
	Switches, Settings      []simulation.Option
	Error                   string
}

type pageTable struct {
	simulation.Table
	More int // rows that are not shown
}

type pageCall struct {
	Time, Service, Method, What, Status, Took string
	Failed                                    bool
}

type pageConditions struct{ Service, JSON string }

// servePage answers with a page that shows people what is in the sandbox.
func (s *Sandbox) servePage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	p, err := s.page(r)
	var text bytes.Buffer
	if err == nil {
		err = pageTemplate.Execute(&text, p)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", pagePolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	if p.Refresh {
		header.Set("Refresh", "5")
	}
	w.Write(text.Bytes()) //nolint:errcheck // nobody is left to be told
}

func (s *Sandbox) page(r *http.Request) (page, error) {
	a, err := s.accessFor(r)
	if err != nil {
		return page{}, err
	}
	p := page{
		CSS: template.CSS(pageCSS), Access: a, Note53: a.note(), File: s.file, Most: s.calls.most, //nolint:gosec // the style is a file of this package
		Controls: controls(), Fields: fault.Fields(), Kinds: fault.Kinds(),
		Time: s.now().UTC().Format(time.DateTime), Refresh: r.URL.Query().Has("refresh"),
	}
	if err := s.addPageZones(&p); err != nil {
		return page{}, err
	}
	for _, m := range s.services {
		p.Services = append(p.Services, m.onPage(a.BaseURL))
		c, err := fault.Get(s.store, m.name)
		if err != nil {
			return page{}, err
		}
		if c.IsZero() {
			continue
		}
		text, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			return page{}, err
		}
		p.Conditions = append(p.Conditions, pageConditions{Service: m.name, JSON: string(text)})
	}
	for _, c := range s.calls.newestFirst() {
		p.Calls = append(p.Calls, s.callOnPage(c, a))
	}
	return p, nil
}

// addPageZones adds all zones, with the records that the DNS server answers with.
func (s *Sandbox) addPageZones(p *page) error {
	zones, err := s.zones.hosted()
	if err != nil {
		return err
	}
	for _, z := range zones {
		shown, own := s.zoneOnPage(z)
		if own {
			p.Own = append(p.Own, shown)
		} else {
			p.Zones = append(p.Zones, shown)
		}
	}
	byApex := func(a, b pageZone) int { return cmp.Or(cmp.Compare(a.Apex, b.Apex), cmp.Compare(a.Host, b.Host)) }
	slices.SortStableFunc(p.Zones, byApex)
	slices.SortStableFunc(p.Own, byApex)
	if p.MoreZones = max(0, len(p.Zones)-pageZones); p.MoreZones > 0 {
		p.Zones = p.Zones[:pageZones]
	}
	for i := range p.Zones {
		p.Zones[i].Open = len(p.Zones) <= fewZones
	}
	return nil
}

// zoneOnPage returns a zone as the page shows it. own says that it belongs to a service itself, and
// not to somebody who uses it.
func (s *Sandbox) zoneOnPage(z hostedZone) (shown pageZone, own bool) {
	shown = pageZone{Apex: dns.FoldName(z.zone.Apex), Served: z.served, Records: recordsOnPage(z.zone)}
	servers := nameServersIn(z.zone.Apex, z.zone.Records)
	if len(servers) == 0 {
		servers = slices.Clone(z.zone.NameServers)
	}
	for i, server := range servers {
		servers[i] = strings.TrimSuffix(server, ".")
	}
	shown.NameServers = strings.Join(servers, ", ")
	m, err := s.service(z.host)
	if err != nil { // published by hand
		shown.Elsewhere = true
		shown.Host = dns.DetectHost(dns.Zone{Apex: z.zone.Apex, NameServers: servers}).Title
		return shown, false
	}
	shown.Host = cmp.Or(m.Title, m.name)
	return shown, m.owns(shown.Apex)
}

// recordsOnPage returns the records of a zone, sorted as people look for them: the apex first.
func recordsOnPage(zone dnsserver.Zone) pageTable {
	table := simulation.Table{Columns: []string{"Name", "Type", "TTL", "Value"}}
	for _, rr := range zone.Records {
		h := rr.Header()
		if h.Rrtype == miekg.TypeSOA || isNameServerOf(zone.Apex, rr) {
			continue
		}
		value := strings.TrimPrefix(rr.String(), h.String())
		table.Rows = append(table.Rows, []string{relativeName(h.Name, zone.Apex), miekg.TypeToString[h.Rrtype], strconv.FormatUint(uint64(h.Ttl), 10), value})
	}
	slices.SortStableFunc(table.Rows, func(a, b []string) int {
		apexFirst := func(name string) string { return strings.TrimPrefix(name, "@") }
		return cmp.Or(cmp.Compare(apexFirst(a[0]), apexFirst(b[0])), cmp.Compare(a[1], b[1]), cmp.Compare(a[3], b[3]))
	})
	return limited(table)
}

func relativeName(name, apex string) string {
	name, apex = strings.TrimSuffix(name, "."), strings.TrimSuffix(apex, ".")
	if strings.EqualFold(name, apex) {
		return "@"
	}
	if cut := len(name) - len(apex) - 1; cut > 0 && strings.EqualFold(name[cut:], "."+apex) {
		return name[:cut]
	}
	return name
}

// limited returns a table with no more rows than the page shows.
func limited(table simulation.Table) pageTable {
	more := max(0, len(table.Rows)-pageRows)
	table.Rows = slices.Clone(table.Rows[:len(table.Rows)-more])
	for i, row := range table.Rows {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = strings.ToValidUTF8(cell, "\uFFFD")
		}
		table.Rows[i] = cells
	}
	return pageTable{Table: table, More: more}
}

// onPage returns what the page shows of a service. If its state cannot be read, that is an error of
// this service alone.
func (m mounted) onPage(base string) pageService {
	shown := pageService{Name: m.name, Title: m.title(), URL: base + "/" + m.name, Login: m.Login, Switches: m.Switches, Settings: m.Settings}
	if m.Tables == nil {
		return shown
	}
	tables, err := m.Tables()
	if err != nil {
		shown.Error = err.Error()
		return shown
	}
	for _, table := range tables {
		if len(table.Rows) > 0 {
			shown.Tables = append(shown.Tables, limited(table))
		}
	}
	return shown
}

// title returns the name of the service for people, as a heading.
func (m mounted) title() string { return capitalized(cmp.Or(m.Title, m.name)) }

func capitalized(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func rounded(took time.Duration) string {
	if took < time.Millisecond {
		return "< 1ms"
	}
	return took.Round(time.Millisecond).String()
}

// callOnPage returns a call as the page shows it. The invented credentials are masked like real
// ones, wherever a client has put them.
func (s *Sandbox) callOnPage(c call, a access) pageCall {
	shown := pageCall{
		Time: c.At.UTC().Format(time.TimeOnly), Service: c.Service, Method: c.Method, What: c.Path,
		Status: strconv.Itoa(c.Status), Took: rounded(c.Took), Failed: c.Status == 0 || c.Status >= http.StatusBadRequest,
	}
	if c.Label != "" {
		shown.What += " " + c.Label
	}
	for _, m := range s.services {
		if m.Attributes == nil {
			continue
		}
		for _, attribute := range m.Attributes(Address{URL: a.BaseURL}) {
			if attribute.Secret {
				shown.What = strings.ReplaceAll(shown.What, attribute.Value, "•••")
			}
		}
	}
	if c.Status == 0 {
		shown.Status = "cut"
	}
	return shown
}
