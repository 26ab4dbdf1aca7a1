data "postmaster_mail_domains" "all" {}

output "accounts" {
  value = { for d in data.postmaster_mail_domains.all.domains : d.domain => d.user_count }
}

# Where the provider is configured for several mail services, one is named.
data "postmaster_mail_domains" "yandex" {
  service = "yandex"
}
