import {
  to = postmaster_sender_domain.example
  identity = {
    service = "sendgrid"
    object  = "45373692" # its number
  }
}

# On behalf of a subuser. Set on_behalf_of in the resource too.
import {
  to = postmaster_sender_domain.subuser
  identity = {
    service = "sendgrid"
    account = "newsletter"
    object  = "45373693"
  }
}

import {
  to = postmaster_sender_domain.newsletter
  identity = {
    service = "octeth"
    object  = "campaign/12"
  }
}
