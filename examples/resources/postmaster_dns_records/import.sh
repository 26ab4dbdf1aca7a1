# The id consists of the authorization's id, #, and the records as JSON.
terraform import postmaster_dns_records.policy \
  'cloudflare/example.com#{"dmarc":{"name":"_dmarc.example.com","type":"TXT","value":"v=DMARC1; p=quarantine"}}'
