# The mail of a firm as a whole. Its four domains are at four DNS hosts, as domains that were bought over the years mostly
# are, and each has a role:
#
#   corp.example   the staff's mailboxes, on the firm's own mail server    at the firm's own name server (RFC 2136)
#   example.org    the workshop's mailboxes, at Yandex                     at Namecheap
#   example.net    newsletters, sent by Octeth                             at GoDaddy
#   example.com    receipts and reminders, sent by SendGrid                at Cloudflare
#
# It runs as it is, on the services that the provider simulates, and asks only for the password that mailboxes start with.
# For real services, set sandbox to false and change the domains, mail_host and mailboxes.csv; the credentials then come from
# the environment:
#
#   mail server   MAILSERVER_URL, MAILSERVER_USERNAME, MAILSERVER_PASSWORD
#   Yandex        YANDEX_PDD_TOKEN
#   Octeth        OCTETH_URL, OCTETH_API_KEY
#   SendGrid      SENDGRID_API_KEY
#   Cloudflare    CLOUDFLARE_API_TOKEN
#   Namecheap     NAMECHEAP_API_USER, NAMECHEAP_API_KEY, NAMECHEAP_CLIENT_IP
#   GoDaddy       GODADDY_TOKEN
#   name server   DNS_UPDATE_SERVER, DNS_UPDATE_KEYNAME, DNS_UPDATE_KEYSECRET

provider "postmaster" {
  sandbox = var.sandbox ? {} : null
  octeth  = { api_version = "5.9.4" } # that of the installation
}

locals {
  # By address, as mailboxes are known to their owners.
  mailboxes = {
    for row in csvdecode(file("${path.module}/mailboxes.csv")) :
    "${row.local_part}@${row.domain}" => row
  }
  mailboxes_elsewhere = [
    for address, row in local.mailboxes : address if !contains([var.domains.staff.name, var.domains.workshop.name], row.domain)
  ]
}

# A row that is spelled wrong would be nobody's mailbox.
check "mailboxes" {
  assert {
    condition     = length(local.mailboxes_elsewhere) == 0
    error_message = "mailboxes.csv has mailboxes in domains without any: ${join(", ", local.mailboxes_elsewhere)}."
  }
}
