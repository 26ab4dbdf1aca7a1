output "id" {
  description = "The id of the domain at the sender, such as sendgrid/45373692 or octeth/campaign/12."
  value       = postmaster_sender_domain.this.id
}

output "dns_authorization_id" {
  description = "The id of the DNS authorization, for other records of the domain."
  value       = postmaster_dns_authorization.this.id
}

output "dns_provider" {
  description = "The DNS host of the zone."
  value       = postmaster_dns_authorization.this.dns_provider
}

output "zone" {
  description = "The zone with the records."
  value       = postmaster_dns_authorization.this.zone
}

output "dns_records" {
  description = "The records that the sender needs, by the sender's keys."
  value       = postmaster_sender_domain.this.dns_records
}

output "published" {
  description = "The records as they were in the zone after the last write, including the DMARC policy: a list of name, type, value, priority and ttl."
  value       = flatten([for source in concat([postmaster_dns_records.sender], postmaster_dns_records.dmarc) : values(source.published)])
}

output "valid" {
  description = "Whether the sender has verified the domain. It can be false only if required is false."
  value       = postmaster_domain_verification.this.valid
}

output "verified_at" {
  description = "When the verification was seen (RFC 3339). Null if the domain is not verified."
  value       = postmaster_domain_verification.this.verified_at
}
