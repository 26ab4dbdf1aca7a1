package namecheapsim

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// defaultNameServers are the name servers of domains without others.
var defaultNameServers = []string{"dns1.registrar-servers.com", "dns2.registrar-servers.com"}

// getHosts is namecheap.domains.dns.getHosts. Its answer silently lacks records that the API does
// not know, such as SRV.
func (s *Service) getHosts(c *call) (result string, err error) {
	err = s.view(func(st *State) error {
		d, err := st.domain(c)
		if err != nil {
			return err
		}
		var hosts strings.Builder
		for _, host := range d.Hosts {
			hosts.WriteString("\n      ")
			hosts.WriteString(element("host", []string{
				"HostId", strconv.FormatInt(host.ID, 10), "Name", host.Name, "Type", host.Type, "Address", host.Address,
				"MXPref", strconv.Itoa(host.MXPref), "TTL", strconv.Itoa(host.TTL), "AssociatedAppTitle", "", "FriendlyName", "",
				"IsActive", strconv.FormatBool(!host.Off), "IsDDNSEnabled", strconv.FormatBool(host.Dynamic),
			}, ""))
		}
		content := hosts.String()
		if content != "" {
			content += "\n    "
		}
		result = element("DomainDNSGetHostsResult", []string{
			"Domain", d.Name, "EmailType", d.EmailType, "IsUsingOurDNS", strconv.FormatBool(d.usesOurDNS()),
		}, content)
		return nil
	})
	return result, err
}

// nameServers is namecheap.domains.dns.getList.
func (s *Service) nameServers(c *call) (result string, err error) {
	err = s.view(func(st *State) error {
		d, err := st.domain(c)
		if err != nil {
			return err
		}
		servers := defaultNameServers
		if !d.usesOurDNS() {
			servers = d.NameServers
		}
		var content strings.Builder
		for _, server := range servers {
			content.WriteString("\n      " + element("Nameserver", nil, escape(server)))
		}
		result = element("DomainDNSGetListResult", []string{
			"Domain", d.Name, "IsUsingOurDNS", strconv.FormatBool(d.usesOurDNS()), "IsPremiumDNS", "false", "IsUsingFreeDNS", "false",
		}, content.String()+"\n    ")
		return nil
	})
	return result, err
}

// setCustom is namecheap.domains.dns.setCustom: it hands the domain to the name servers of another
// host.
func (s *Service) setCustom(c *call) (string, error) {
	servers := strings.Split(strings.ToLower(c.params.get("Nameservers")), ",")
	if len(servers) < 2 || slices.Contains(servers, "") {
		return "", &apiError{number: 2050166, message: "At least two name servers are required"}
	}
	return s.setNameServers(c, "DomainDNSSetCustomResult", servers)
}

// setDefault is namecheap.domains.dns.setDefault: it brings the domain back to Namecheap's name
// servers.
func (s *Service) setDefault(c *call) (string, error) {
	return s.setNameServers(c, "DomainDNSSetDefaultResult", nil)
}

func (s *Service) setNameServers(c *call, resultName string, servers []string) (result string, err error) {
	err = s.update(func(st *State) error {
		d, err := st.domain(c)
		if err != nil {
			return err
		}
		st.Changes++
		d.NameServers = servers
		result = element(resultName, []string{"Domain", d.Name, "Updated", "true"}, "")
		return nil
	})
	return result, err
}

// listDomains is namecheap.domains.getList: the domains of the account by name, in pages of 10 to
// 100.
func (s *Service) listDomains(c *call) (result string, err error) {
	page, size := 1, 20
	for name, number := range map[string]*int{"Page": &page, "PageSize": &size} {
		if text := c.params.get(name); text != "" {
			if *number, err = strconv.Atoi(text); err != nil || *number < 1 {
				return "", &apiError{number: 2011170, message: "Parameter " + name + " is invalid"}
			}
		}
	}
	if size < 10 || size > 100 {
		return "", &apiError{number: 2011170, message: "Parameter PageSize is invalid"}
	}
	err = s.view(func(st *State) error {
		byName := map[string]string{}
		for i, d := range st.Domains {
			if d.User == c.user && strings.Contains(d.Name, strings.ToLower(c.params.get("SearchTerm"))) {
				byName[d.Name] = "\n      " + element("Domain", []string{
					"ID", strconv.Itoa(i + 1), "Name", d.Name, "User", d.User, "Created", "01/02/2026", "Expires", "01/02/2036",
					"IsExpired", "false", "IsLocked", "false", "AutoRenew", "true", "WhoisGuard", "NOTPRESENT", "IsPremium", "false",
					"IsOurDNS", strconv.FormatBool(d.usesOurDNS()),
				}, "")
			}
		}
		names := slices.Sorted(maps.Keys(byName))
		var content string
		for _, name := range names[min((page-1)*size, len(names)):min(page*size, len(names))] {
			content += byName[name]
		}
		paging := element("TotalItems", nil, strconv.Itoa(len(names))) +
			element("CurrentPage", nil, strconv.Itoa(page)) + element("PageSize", nil, strconv.Itoa(size))
		result = element("DomainGetListResult", nil, content) + "\n    " + element("Paging", nil, paging)
		return nil
	})
	return result, err
}
