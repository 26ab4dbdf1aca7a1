package function

import "github.com/hashicorp/terraform-plugin-framework/function"

// All returns the constructors of all functions.
func All() []func() function.Function {
	var all []func() function.Function
	for _, f := range []definition{
		spf, spfMerge,
		dmarc, dmarcAuthorization,
		dkimRecord,
		tlsRPT, mtaSTS, tlsa,
		bimi, caa,
		mailSRV, autodiscover,
		txtChunks, txtQuoted, mxRdata,
		domainConnect,
	} {
		all = append(all, func() function.Function { return f })
	}
	return all
}
