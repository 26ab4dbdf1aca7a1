import {
  to = postmaster_sender_domain.example
  id = "sendgrid/example.com" # or its number: sendgrid/45373692
}
