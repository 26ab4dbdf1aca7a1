package namecheapsim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// sortings are the orders in which getList can be asked to list domains. All simulated domains were
// created on one day, and all expire on one of two.
var sortings = map[string]func(a, b *Domain) int{
	"":           func(_, _ *Domain) int { return 0 },
	"NAME":       func(a, b *Domain) int { return cmp.Compare(a.Name, b.Name) },
	"EXPIREDATE": func(a, b *Domain) int { return cmp.Compare(a.expires(), b.expires()) },
	"CREATEDATE": func(_, _ *Domain) int { return 0 },
}

// listTypes are the lists that getList has. No simulated domain is about to expire.
var listTypes = map[string]func(d *Domain) bool{
	"":         func(*Domain) bool { return true },
	"ALL":      func(*Domain) bool { return true },
	"EXPIRING": func(*Domain) bool { return false },
	"EXPIRED":  func(d *Domain) bool { return d.Expired },
}

// listDomains is namecheap.domains.getList
// (https://www.namecheap.com/support/api/methods/domains/get-list/): the domains that are
// registered in the account, in pages of 10 to 100, and after the last one in empty pages. The
// documentation does not tell the order of a list for which none is requested. Here it is the order
// in which the domains were added.
func (s *Service) listDomains(c *call) (result string, err error) {
	page, size := 1, 20
	for name, number := range map[string]*int{"Page": &page, "PageSize": &size} {
		if text := c.params.get(name); text != "" {
			if *number, err = strconv.Atoi(text); err != nil || *number < 1 {
				return "", invalidParameter(name)
			}
		}
	}
	if size < 10 || size > 100 {
		return "", invalidParameter("PageSize")
	}
	order, descending := strings.CutSuffix(strings.ToUpper(c.params.get("SortBy")), "_DESC")
	compare, known := sortings[order]
	if !known {
		return "", invalidParameter("SortBy")
	}
	listed, known := listTypes[strings.ToUpper(c.params.get("ListType"))]
	if !known {
		return "", invalidParameter("ListType")
	}
	if c.behaviour.errorNumber != 0 {
		return "", &apiError{number: c.behaviour.errorNumber, message: "A made-up failure"}
	}
	err = s.view(func(st *State) error {
		type numbered struct {
			number int
			*Domain
		}
		var found []numbered
		for i := range st.Domains {
			d := &st.Domains[i]
			if d.User == c.user && listed(d) && strings.Contains(d.Name, strings.ToLower(c.params.get("SearchTerm"))) {
				found = append(found, numbered{i + 1, d})
			}
		}
		slices.SortStableFunc(found, func(a, b numbered) int {
			if descending {
				a, b = b, a
			}
			return compare(a.Domain, b.Domain)
		})
		var content strings.Builder
		for _, d := range found[min((page-1)*size, len(found)):min(page*size, len(found))] {
			content.WriteString("\n      " + d.listed(d.number))
		}
		paging := element("TotalItems", nil, strconv.Itoa(len(found))) +
			element("CurrentPage", nil, strconv.Itoa(page)) + element("PageSize", nil, strconv.Itoa(size))
		result = element("DomainGetListResult", nil, content.String()) + "\n    " + element("Paging", nil, paging)
		return nil
	})
	return result, err
}

// listed is a domain in an answer of getList.
func (d *Domain) listed(id int) string {
	expires := strings.Split(d.expires(), "-") // as the API writes dates: month, day, year
	return element("Domain", []string{
		"ID", strconv.Itoa(id), "Name", d.Name, "User", d.User,
		"Created", "01/02/2025", "Expires", expires[1] + "/" + expires[2] + "/" + expires[0],
		"IsExpired", strconv.FormatBool(d.Expired), "IsLocked", "false", "AutoRenew", "true", "WhoisGuard", "NOTPRESENT",
		"IsPremium", "false", "IsOurDNS", strconv.FormatBool(d.usesOurDNS()),
	}, "")
}

// expires is the day on which the registration ends: year, month, day.
func (d *Domain) expires() string {
	if d.Expired {
		return "2026-01-02"
	}
	return "2036-01-02"
}

func invalidParameter(name string) *apiError {
	return &apiError{number: 2011170, message: "Parameter " + name + " is invalid"}
}
