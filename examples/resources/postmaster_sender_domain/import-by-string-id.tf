import {
  to = postmaster_sender_domain.example
  id = "sendgrid/example.com" # or its number: sendgrid/45373692; with on_behalf_of: sendgrid/SUBUSER/45373692
}

# With octeth.dns_authorization_id set, the first apply adds it, and publishes only
# what is not published yet. Before version 5.9.1 Octeth tells the records of a domain
# when it verifies it, which the import has it do.
import {
  to = postmaster_sender_domain.newsletter
  id = "octeth/campaign/news.example.com" # or its number: octeth/campaign/12
}
