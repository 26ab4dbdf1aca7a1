package namecheapsim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// domainInfo is namecheap.domains.getInfo
// (https://www.namecheap.com/support/api/methods/domains/get-info/): what is known of one domain,
// which DomainName names as a whole.
func (s *Service) domainInfo(c *call) (result string, err error) {
	name := strings.ToLower(c.params.get("DomainName"))
	if name == "" {
		return "", &apiError{number: 2010324, message: "Parameter DomainName is missing"}
	}
	label, rest, _ := strings.Cut(name, ".")
	c.params["sld"], c.params["tld"] = label, cmp.Or(rest, "none")
	err = s.view(func(st *State) error {
		d, err := st.domain(c)
		if err != nil {
			return err
		}
		status := "Ok"
		if d.Expired {
			status = "Expired"
		}
		expires := strings.Split(d.expires(), "-") // as the API writes dates: month, day, year
		details := element("CreatedDate", nil, "01/02/2025") + element("ExpiredDate", nil, expires[1]+"/"+expires[2]+"/"+expires[0]) + element("NumYears", nil, "0")
		kind, servers := "FREE", defaultNameServers
		if !d.usesOurDNS() {
			kind, servers = "CUSTOM", d.NameServers
		}
		var names strings.Builder
		for _, server := range servers {
			names.WriteString("\n        " + element("Nameserver", nil, escape(server)))
		}
		number := slices.IndexFunc(st.Domains, func(other Domain) bool { return other.Name == d.Name }) + 1
		result = element("DomainGetInfoResult", []string{
			"Status", status, "ID", strconv.Itoa(number), "DomainName", d.Name, "OwnerName", d.User, "IsOwner", "true", "IsPremium", "false",
		}, "\n      "+strings.Join([]string{
			element("DomainDetails", nil, details),
			element("LockDetails", nil, ""),
			element("Whoisguard", []string{"Enabled", "NotAlloted"}, element("ID", nil, "0")),
			element("DnsDetails", []string{"ProviderType", kind, "IsUsingOurDNS", strconv.FormatBool(d.usesOurDNS()), "HostCount", strconv.Itoa(len(d.Hosts)), "EmailType", d.EmailType}, names.String()),
			element("Modificationrights", []string{"All", "true"}, ""),
		}, "\n      "))
		return nil
	})
	return result, err
}

// topLevels are the top-level domains that the simulated registry sells.
var topLevels = []string{"com", "info", "net", "org"}

// topLevelList is namecheap.domains.getTldList
// (https://www.namecheap.com/support/api/methods/domains/get-tld-list/).
func (s *Service) topLevelList(c *call) (string, error) {
	if c.behaviour.errorNumber != 0 {
		return "", &apiError{number: c.behaviour.errorNumber, message: "A made-up failure"}
	}
	var list strings.Builder
	for _, name := range topLevels {
		list.WriteString("\n      " + element("Tld", []string{
			"Name", name, "NonRealTimeDomain", "false", "MinRegisterYears", "1", "MaxRegisterYears", "10", "MinRenewYears", "1", "MaxRenewYears", "10",
			"IsApiRegisterable", "true", "IsApiRenewable", "true", "IsApiTransferable", "true", "IsEppRequired", "true", "Type", "GTLD",
		}, "."+name))
	}
	return element("Tlds", nil, list.String()), nil
}
