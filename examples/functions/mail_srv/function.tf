output "mail_srv" {
  value = provider::postmaster::mail_srv("example.com", {
    imaps       = "mail.example.com"
    submissions = "mail.example.com"
    submission  = "mail.example.com:2587"
  })
}

# The result is as `records` of postmaster_dns_records has them. Among them:
# _imaps._tcp.example.com  SRV  0 1 993 mail.example.com.
# _pop3._tcp.example.com   SRV  0 0 0 .
