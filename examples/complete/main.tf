# All mail of a firm. Its four domains were bought over the years and are at four DNS hosts. Each domain has a role:
#
#   corp.example   the staff's mailboxes, on the firm's own mail server    at the firm's own name server (RFC 2136)
#   example.org    the workshop's mailboxes, at Yandex                     at Namecheap
#   example.net    newsletters, sent by Octeth                             at GoDaddy
#   example.com    receipts and reminders, sent by SendGrid                at Cloudflare
#
# The example runs on simulated services as it is. It asks only for the initial password of the mailboxes. For real
# services, set sandbox to false, and change the domains, mail_host and mailboxes.csv. The credentials then come from
# environment variables:
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
  octeth  = { api_version = "5.9.4" } # the version of the installation
}

locals {
  # The reports about all domains: how receivers judged their mail, and whether it could be delivered over TLS.
  reports = "mailto:postmaster@${var.domains.staff.name}"

  # By address.
  mailboxes = {
    for row in csvdecode(file("${path.module}/mailboxes.csv")) :
    "${row.local_part}@${row.domain}" => row
  }
  mailboxes_elsewhere = [
    for address, row in local.mailboxes : address if !contains([var.domains.staff.name, var.domains.workshop.name], row.domain)
  ]
}

# Without this check, a row with a misspelled domain would create no mailbox and no error.
check "mailboxes" {
  assert {
    condition     = length(local.mailboxes_elsewhere) == 0
    error_message = "mailboxes.csv has mailboxes in domains without any: ${join(", ", local.mailboxes_elsewhere)}."
  }
}
