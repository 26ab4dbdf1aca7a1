package zone

// What the tests of this package use of its insides.
type (
	AuthorizationModel = authorizationModel
	RecordsModel       = recordsModel
	RecordsResource    = recordsResource
)

const ViaDirect = viaDirect

var (
	RecordsFromJSON      = recordsFromJSON
	RefuseFaults         = refuseFaults
	WarnOfFaults         = warnOfFaults
	ReplaceUnlessSameWay = replaceUnlessSameWay
)
