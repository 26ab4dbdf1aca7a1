# Takes the records from the attribute that the resource uses. Their values must be
# known when the import is planned.
import {
  to = postmaster_dns_records.dkim
  id = "${postmaster_dns_authorization.example.id}#${jsonencode(postmaster_dkim_key.example.dns_records)}"
}
