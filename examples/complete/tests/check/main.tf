# Checks the domains that the example has set up.

variable "domains" {
  description = "The output domains of the example."
  type        = any
}

locals {
  mailboxes = csvdecode(file("${path.module}/../../mailboxes.csv"))
}

data "postmaster_domain_check" "this" {
  for_each = var.domains

  domain    = each.key
  selectors = distinct([for record in each.value.records : split("._domainkey.", record.name)[0] if strcontains(record.name, "._domainkey.${each.key}")])
  mailboxes = each.value.mailboxes == null ? null : concat(
    each.value.service == "mailserver" ? ["postmaster"] : ["postmaster", "abuse"], # the first account; Yandex takes both itself
    [for row in local.mailboxes : row.local_part if row.domain == each.key],
  )

  # A domain that only sends gets no mail: its sender has SPF, DKIM and the answers at names below the domain.
  silence = each.value.mailboxes == null ? ["mx_present", "spf_present", "dkim_present", "sts_record", "tlsrpt_record"] : []
}

output "found" {
  description = "The checks that fail or warn, each with its domain."
  value       = flatten([for domain, check in data.postmaster_domain_check.this : [for id in concat(check.failed, check.warned) : "${domain} ${id}"]])
}

output "reasons" {
  description = "What they say."
  value       = flatten([for domain, check in data.postmaster_domain_check.this : [for reason in check.reasons : "${domain}: ${reason}"]])
}
