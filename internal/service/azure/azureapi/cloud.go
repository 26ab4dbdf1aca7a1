package azureapi

import (
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Cloud is one of Azure's clouds, by the names that the provider azurerm gives them.
type Cloud string

// The clouds. The zero value is Public.
const (
	Public       Cloud = "public"
	USGovernment Cloud = "usgovernment"
	China        Cloud = "china"
)

// Clouds are the names of all clouds.
var Clouds = []string{string(Public), string(USGovernment), string(China)}

// place is where a cloud answers.
type place struct {
	login    cloud.Configuration
	manager  string
	audience string
}

func (c Cloud) place() place {
	switch c {
	case USGovernment:
		return place{cloud.AzureGovernment, "https://management.usgovcloudapi.net", "https://management.core.usgovcloudapi.net/"}
	case China:
		return place{cloud.AzureChina, "https://management.chinacloudapi.cn", "https://management.core.chinacloudapi.cn/"}
	}
	return place{cloud.AzurePublic, "https://management.azure.com", "https://management.core.windows.net/"}
}

// ManagerURL is the address of Azure Resource Manager in the cloud.
func (c Cloud) ManagerURL() string { return c.place().manager }

func (c Cloud) resourceManager() *url.URL {
	u, err := url.Parse(c.ManagerURL())
	if err != nil {
		panic("azure: an address of a cloud is no URL: " + err.Error()) // it is written above
	}
	return u
}

// scope names the access token that Azure Resource Manager wants. The audience ends in a slash, which
// belongs to it.
func (c Cloud) scope() string { return c.place().audience + "/.default" }
