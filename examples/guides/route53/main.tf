terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {
  # The firm's own account. An empty block, route53 = {}, uses the default
  # profile, the web identity of a pipeline, or the role of the machine.
  route53 = {
    profile = "mail"
  }

  # The account of a customer, who lets the firm assume a role there.
  dns_accounts = {
    bakery = {
      route53 = {
        profile = "mail"
        assume_role = {
          role_arn    = "arn:aws:iam::111122223333:role/mail-records"
          external_id = "bakery-1"
        }
      }
    }
  }
}

resource "postmaster_dns_authorization" "firm" {
  domain       = "example.com"
  dns_provider = "route53"
}

resource "postmaster_dns_authorization" "bakery" {
  domain  = "bakery.example"
  account = "bakery"
}

# Both values join the TXT record sets of these names. Other values stay as
# they are.
resource "postmaster_dns_records" "firm" {
  dns_authorization_id = postmaster_dns_authorization.firm.id
  records = {
    spf   = { name = "example.com", type = "TXT", value = "v=spf1 include:spf.example.net ~all" }
    token = { name = "example.com", type = "TXT", value = "verification=0123456789" }
  }
}

resource "postmaster_dns_records" "bakery" {
  dns_authorization_id = postmaster_dns_authorization.bakery.id
  records = {
    dmarc = { name = "_dmarc.bakery.example", type = "TXT", value = "v=DMARC1; p=none" }
  }
}
