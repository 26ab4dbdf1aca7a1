package octethsim

import (
	"strconv"
	"time"
)

// stamp is a time in answers; null if there is none.
func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02 15:04:05")
}

func number(flag bool) int {
	if flag {
		return 1
	}
	return 0
}

// objectOrList is an object as PHP encodes it: a list if it is empty.
func objectOrList[V any](members map[string]V) any {
	if len(members) == 0 {
		return []any{}
	}
	return members
}

// recordLists shows records as host to [type, value]. Once it is known whether a record was seen,
// that is the third element.
func recordLists(records []Record) any {
	shown := map[string][]any{}
	for _, r := range records {
		list := []any{r.Type, r.Value}
		if r.Verified != nil {
			list = append(list, *r.Verified)
		}
		shown[r.Host] = list
	}
	return objectOrList(shown)
}

// recordObjects shows records as user.senderdomain.dns does.
func recordObjects(records []Record) any {
	shown := map[string]any{}
	for _, r := range records {
		shown[r.Host] = map[string]any{"Type": r.Type, "Value": r.Value, "IsVerified": r.Verified}
	}
	return objectOrList(shown)
}

// options shows what was chosen of a domain.
func (d *Domain) options() map[string]any {
	shown := map[string]any{
		"LinkTracking":    number(d.Options.LinkTracking),
		"OpenTracking":    number(d.Options.OpenTracking),
		"UnsubscribeLink": number(d.Options.UnsubscribeLink),
	}
	if d.Options.Subdomain != "" {
		shown["CustomSubdomain"] = d.Options.Subdomain
	}
	if d.Options.TrackPrefix != "" {
		shown["CustomTrackPrefix"] = d.Options.TrackPrefix
	}
	if d.Options.Subdomain != "" || d.Options.TrackPrefix != "" || d.Options.TrackPrefixDisabled {
		shown["TrackPrefixDisabled"] = d.Options.TrackPrefixDisabled
	}
	return shown
}

// show returns a domain as all versions with a REST API show it. Ids are text.
func (d *Domain) show() map[string]any {
	return map[string]any{
		"DomainID":         strconv.FormatInt(d.ID, 10),
		"SenderDomain":     d.Name,
		"UserID":           strconv.FormatInt(d.User, 10),
		"CreatedAt":        stamp(d.CreatedAt),
		"Status":           d.Status,
		"LastVerifiedAt":   stamp(d.VerifiedAt),
		"VerificationMeta": map[string]any{"DNSRecords": recordLists(d.Records)},
		"PolicyMeta":       []any{},
		"Options":          d.options(),
	}
}

func showAll(domains []Domain, show func(d *Domain) map[string]any) []map[string]any {
	shown := make([]map[string]any, len(domains))
	for i := range domains {
		shown[i] = show(&domains[i])
	}
	return shown
}
