output "id" {
  description = "The id of the domain at the sender, such as sendgrid/45373692 or octeth/campaign/12."
  value       = postmaster_sender_domain.this.id
}

output "dns_provider" {
  description = "The DNS host where the records are."
  value       = postmaster_dns_authorization.this.dns_provider
}

output "zone" {
  description = "The zone that the records are in."
  value       = postmaster_dns_authorization.this.zone
}

output "dns_records" {
  description = "The records that the sender asks for, by the sender's keys."
  value       = postmaster_sender_domain.this.dns_records
}

output "published" {
  description = "The records as they stand in the zone, the DMARC policy with them: a list of name, type, value, priority and ttl."
  value       = flatten([for source in concat([postmaster_dns_records.sender], postmaster_dns_records.dmarc) : values(source.published)])
}

output "valid" {
  description = "Whether the sender has verified the domain. False only where the verification is not required."
  value       = postmaster_domain_verification.this.valid
}

output "verified_at" {
  description = "When that was seen (RFC 3339); null while it is not."
  value       = postmaster_domain_verification.this.verified_at
}
