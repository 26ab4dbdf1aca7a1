# The mail records of a zone, in sets. The provider reads the zone for them.
import {
  to = postmaster_dns_records.mx
  identity = {
    authorization = "cloudflare/example.com"
    set           = "mail-mx"
  }
}
