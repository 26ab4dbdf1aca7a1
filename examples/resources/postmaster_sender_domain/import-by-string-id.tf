import {
  to = postmaster_sender_domain.example
  id = "sendgrid/example.com" # or its number: sendgrid/45373692; with on_behalf_of: sendgrid/SUBUSER/45373692
}

# If octeth.dns_authorization_id is set, the first apply adds it, and publishes only
# records that are not published yet. Before version 5.9.1, Octeth returns the records
# of a domain only when it verifies the domain, so the import starts a verification.
import {
  to = postmaster_sender_domain.newsletter
  id = "octeth/campaign/news.example.com" # or its number: octeth/campaign/12
}
