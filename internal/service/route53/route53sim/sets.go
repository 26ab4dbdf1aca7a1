package route53sim

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxSets is how many sets a page has.
const maxSets = 300

type setsDocument struct {
	XMLName        xml.Name `xml:"ListResourceRecordSetsResponse"`
	Namespace      string   `xml:"xmlns,attr"`
	Sets           []*Set   `xml:"ResourceRecordSets>ResourceRecordSet"`
	IsTruncated    bool     `xml:"IsTruncated"`
	NextName       string   `xml:"NextRecordName,omitempty"`
	NextType       string   `xml:"NextRecordType,omitempty"`
	NextIdentifier string   `xml:"NextRecordIdentifier,omitempty"`
	MaxItems       int      `xml:"MaxItems"`
}

// listSets is ListResourceRecordSets. A page can end between two sets of one name and type: then only
// the identifier tells where the next one begins.
func (s *Service) listSets(c *call) (answer, error) {
	query := c.URL.Query()
	size, err := pageSize(query, maxSets)
	if err != nil {
		return answer{}, err
	}
	from := &Set{Name: stored(query.Get("name")), Type: query.Get("type"), SetIdentifier: query.Get("identifier")}
	if query.Get("name") == "" && from.Type != "" || from.Type == "" && from.SetIdentifier != "" {
		return answer{}, refuse(http.StatusBadRequest, "InvalidInput", "The request specifies a record type or identifier without the record name or type.")
	}
	document := setsDocument{Namespace: namespace, MaxItems: size}
	err = s.view(func(st *State) error {
		z, err := c.zone(st)
		if err != nil {
			return err
		}
		start := 0
		if query.Get("name") != "" {
			start = slices.IndexFunc(z.Sets, func(there *Set) bool { return compareSets(there, from) >= 0 })
			if start < 0 {
				start = len(z.Sets)
			}
		}
		end := min(start+size, len(z.Sets))
		document.Sets = slices.Clone(z.Sets[start:end])
		if end < len(z.Sets) {
			next := z.Sets[end]
			document.IsTruncated, document.NextName, document.NextType, document.NextIdentifier = true, next.Name, next.Type, next.SetIdentifier
		}
		return nil
	})
	return answer{document: document}, err
}

// The actions of a change.
const (
	actionCreate = "CREATE"
	actionDelete = "DELETE"
	actionUpsert = "UPSERT"
)

type changeRequest struct {
	Comment string   `xml:"ChangeBatch>Comment"`
	Changes []change `xml:"ChangeBatch>Changes>Change"`
}

type change struct {
	Action string
	Set    *Set `xml:"ResourceRecordSet"`
}

type changeResult struct {
	ID        string `xml:"Id"`
	Status    string `xml:"Status"`
	Submitted string `xml:"SubmittedAt"`
}

type changeDocument struct {
	XMLName   xml.Name
	Namespace string       `xml:"xmlns,attr"`
	Change    changeResult `xml:"ChangeInfo"`
}

// changeSets is ChangeResourceRecordSets: all changes, or none and everything that is wrong with them.
func (s *Service) changeSets(c *call) (answer, error) {
	var request changeRequest
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	document := changeDocument{XMLName: xml.Name{Local: "ChangeResourceRecordSetsResponse"}, Namespace: namespace}
	err := s.update(func(st *State) error {
		z, err := c.zone(st)
		if err != nil {
			return err
		}
		if z.LinkedService != "" {
			return refuse(http.StatusForbidden, "AccessDenied", "The resource "+idPrefix+z.ID+" can only be managed through "+z.LinkedService)
		}
		if strings.HasSuffix(z.Recovery, "_HOSTED_ZONE_LOCKED") {
			return refuse(http.StatusBadRequest, "PriorRequestNotComplete", "The hosted zone is locked")
		}
		e := &editing{zone: z, sets: slices.Clone(z.Sets), limit: c.behaviour.records}
		if err := e.make(request.Changes); err != nil {
			return err
		}
		sorted(e.sets)
		z.Sets = e.sets
		document.Change = st.addChange(s.now(), c.behaviour.pending).show(s.now())
		return nil
	})
	return answer{document: document}, err
}

// getChange is GetChange: whether all name servers answer with a change yet.
func (s *Service) getChange(c *call) (answer, error) {
	document := changeDocument{XMLName: xml.Name{Local: "GetChangeResponse"}, Namespace: namespace}
	err := s.view(func(st *State) error {
		i := slices.IndexFunc(st.Changes, func(made Change) bool { return made.ID == c.id })
		if i < 0 {
			return refuse(http.StatusNotFound, "NoSuchChange", "Could not find resource with ID: "+c.id)
		}
		document.Change = st.Changes[i].show(s.now())
		return nil
	})
	return answer{document: document}, err
}

func (st *State) addChange(now time.Time, pending time.Duration) Change {
	made := Change{ID: st.newID("C"), Submitted: now.UTC().Truncate(time.Millisecond), Synced: now.Add(pending)}
	st.Changes = append(st.Changes, made)
	if surplus := len(st.Changes) - keptChanges; surplus > 0 {
		st.Changes = slices.Delete(st.Changes, 0, surplus)
	}
	return made
}

func (made Change) show(now time.Time) changeResult {
	status := "PENDING"
	if !now.Before(made.Synced) {
		status = "INSYNC"
	}
	return changeResult{ID: "/change/" + made.ID, Status: status, Submitted: made.Submitted.Format("2006-01-02T15:04:05.000Z")}
}

// Limits of one batch. An UPSERT counts twice.
const (
	maxBatchValues     = 1000
	maxBatchCharacters = 32000
)

// editing makes the changes of a batch on a copy, one after another.
type editing struct {
	zone  *Zone
	sets  []*Set
	limit int
}

func (e *editing) make(changes []change) error {
	if len(changes) == 0 {
		return refuse(http.StatusBadRequest, "InvalidInput", "The request contains no changes.")
	}
	var wrong []string
	values, characters := 0, 0
	for _, ch := range changes {
		if ch.Set == nil || !slices.Contains([]string{actionCreate, actionDelete, actionUpsert}, ch.Action) {
			return refuse(http.StatusBadRequest, "InvalidInput", "Invalid XML ; a change has no action or no record set")
		}
		times := 1
		if ch.Action == actionUpsert {
			times = 2
		}
		values += times * len(ch.Set.Values)
		for _, value := range ch.Set.Values {
			characters += times * len([]rune(value.Value))
		}
	}
	if values > maxBatchValues {
		wrong = append(wrong, fmt.Sprintf("Number of records limit of %d exceeded.", maxBatchValues))
	}
	if characters > maxBatchCharacters {
		wrong = append(wrong, fmt.Sprintf("Number of characters limit of %d exceeded.", maxBatchCharacters))
	}
	if wrong != nil {
		return refuseBatch(wrong...)
	}
	for _, ch := range changes {
		ch.Set.Name = stored(ch.Set.Name)
		if problem := e.change(ch); problem != "" {
			wrong = append(wrong, problem)
		}
	}
	switch {
	case wrong != nil:
		return refuseBatch(wrong...)
	case len(e.sets) > e.limit && len(e.sets) > len(e.zone.Sets):
		return refuse(http.StatusBadRequest, "LimitsExceeded", fmt.Sprintf("The hosted zone can have at most %d resource record sets.", e.limit))
	}
	return nil
}

// change makes one change, or says what is wrong with it.
func (e *editing) change(ch change) string {
	at := slices.IndexFunc(e.sets, ch.Set.sameKey)
	called := fmt.Sprintf("[name='%s', type='%s'%s]", ch.Set.Name, ch.Set.Type, identifiedBy(ch.Set))
	if ch.Action == actionDelete {
		switch {
		case at < 0:
			return "Tried to delete resource record set " + called + " but it was not found"
		case !e.sets[at].same(ch.Set):
			return "Tried to delete resource record set " + called + " but the values provided do not match the current values"
		case ch.Set.Name == e.zone.Name && (ch.Set.Type == "SOA" || ch.Set.Type == "NS"):
			return fmt.Sprintf("A HostedZone must contain exactly one %s record at the apex.", ch.Set.Type)
		}
		e.sets = slices.Delete(e.sets, at, at+1)
		return ""
	}
	if at >= 0 && ch.Action == actionCreate {
		return "Tried to create resource record set " + called + " but it already exists"
	}
	if problem := e.validate(ch.Set); problem != "" {
		return problem
	}
	if at >= 0 {
		e.sets[at] = ch.Set
	} else {
		e.sets = append(e.sets, ch.Set)
	}
	return ""
}

func identifiedBy(s *Set) string {
	if s.SetIdentifier == "" {
		return ""
	}
	return fmt.Sprintf(", set identifier='%s'", s.SetIdentifier)
}
