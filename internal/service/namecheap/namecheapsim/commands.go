package namecheapsim

import (
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
