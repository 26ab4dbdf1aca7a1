data "postmaster_mail_domains" "all" {}

output "accounts" {
  value = { for d in data.postmaster_mail_domains.all.domains : d.domain => d.user_count }
}

# If several mail services are configured, name one.
data "postmaster_mail_domains" "yandex" {
  service = "yandex"
}
