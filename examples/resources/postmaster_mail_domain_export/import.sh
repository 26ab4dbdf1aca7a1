terraform import postmaster_mail_domain_export.example mailserver/example.com/2026-01-31T02:00:00Z
