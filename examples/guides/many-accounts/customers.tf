variable "customers" {
  description = "The domains of customers: the account in dns_accounts for their DNS, and the SendGrid subuser that sends."
  type = map(object({
    account = optional(string)
    subuser = optional(string)
  }))
  default = {
    "bakery.example" = { account = "bakery", subuser = "bakery" }
    "garage.example" = { account = "garage", subuser = "garage" }
    "example.com"    = {} # the firm's own
  }
}

module "customer" {
  source   = "../../modules/sending-domain"
  for_each = var.customers

  domain  = each.key
  account = each.value.account
  sender  = { sendgrid = { on_behalf_of = each.value.subuser } }
  dmarc   = "v=DMARC1; p=none"

  # One customer's DNS does not stop the apply for the others.
  required = false
  timeouts = { verify = "1m" }
}

output "unverified" {
  value = [for domain, customer in module.customer : domain if !customer.valid]
}
