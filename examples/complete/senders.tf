# The domains that senders send for. The module registers each domain, publishes its records and waits for the verification.

module "newsletters" {
  source = "../modules/sending-domain"

  domain       = var.domains.newsletters.name
  dns_provider = var.domains.newsletters.dns_provider
  sender       = { octeth = { record_type = "campaign", unsubscribe_link = true } }
  dmarc        = provider::postmaster::dmarc({ p = "reject", rua = local.reports }) # nobody else sends for it, so receivers may reject all other mail
}

module "receipts" {
  source = "../modules/sending-domain"

  domain       = var.domains.receipts.name
  dns_provider = var.domains.receipts.dns_provider
  sender       = { sendgrid = { subdomain = "em", default = true } }
  dmarc        = provider::postmaster::dmarc({ p = "reject", rua = local.reports })
}
