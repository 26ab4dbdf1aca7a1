package route53api

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// properties are the properties of a record set that the SDK keeps, as paths below the set. Of those
// that make a set a special one, what is in them does not matter.
var properties = []string{
	"AliasTarget", "CidrRoutingConfig", "Failover", "GeoLocation", "GeoProximityLocation", "HealthCheckId", "MultiValueAnswer", "Name", "Region",
	"ResourceRecords", "ResourceRecords/ResourceRecord", "ResourceRecords/ResourceRecord/Value", "SetIdentifier", "TTL", "TrafficPolicyInstanceId", "Type", "Weight",
}

// unknown finds the properties of record sets that the SDK does not know. It would drop them, so a set
// that was deleted and created anew would lose them.
type unknown struct {
	found map[int]string // by the place of the set on its page: the first of them
}

// option makes one call of the SDK look for them.
func (u *unknown) option(o *route53.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Deserialize.Insert(middleware.DeserializeMiddlewareFunc("UnknownProperties", u.deserialize), "OperationDeserializer", middleware.After)
	})
}

// deserialize reads the answer before the SDK does.
func (u *unknown) deserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	resp, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok {
		return out, metadata, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return out, metadata, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	u.found = unknownProperties(body)
	return out, metadata, nil
}

// unknownProperties reads a page of record sets. What is no XML is left to the SDK.
func unknownProperties(body []byte) map[int]string {
	found := map[int]string{}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	number := -1
	var path []string // below the set; nil outside of any
	inside := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return found
		}
		switch element := token.(type) {
		case xml.StartElement:
			name := element.Name.Local
			switch {
			case !inside && name == "ResourceRecordSet":
				inside, path = true, nil
				number++
			case inside:
				path = append(path, name)
				at := strings.Join(path, "/")
				whole := path[0] != "ResourceRecords" && len(path) > 1 // in a property whose parts do not matter
				if !whole && !slices.Contains(properties, at) && found[number] == "" {
					found[number] = at
				}
			}
		case xml.EndElement:
			switch {
			case inside && len(path) == 0:
				inside = false
			case inside:
				path = path[:len(path)-1]
			}
		}
	}
}
