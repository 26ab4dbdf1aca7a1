package sender

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// ToList returns the sender whose domains are to be listed.
func ToList(all []Service, run *kit.Run, named types.String) (Service, error) {
	return senders(all).toList(run, named)
}

// Unconfigured returns an error that says how to configure each sender, if none is configured.
func Unconfigured(all []Service, run *kit.Run) error { return senders(all).unconfigured(run) }
