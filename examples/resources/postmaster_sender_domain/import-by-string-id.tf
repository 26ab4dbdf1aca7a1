import {
  to = postmaster_sender_domain.example
  id = "sendgrid/example.com" # or its number: sendgrid/45373692; with on_behalf_of: sendgrid/SUBUSER/45373692
}
