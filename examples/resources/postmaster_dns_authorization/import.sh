terraform import postmaster_dns_authorization.example cloudflare/example.com

# With an account of dns_accounts, and with a given zone:
terraform import postmaster_dns_authorization.customer namecheap@customer/shop.example
terraform import postmaster_dns_authorization.news cloudflare/news.example.com/example.com

# With the host's id of the zone, in which / is written %2F and # is written %23:
terraform import postmaster_dns_authorization.shop 'cloudflare/shop.example#zone_id=023e105f4ecef8ad9ca31a8372d0c353'

# For via = "octeth", which the id does not tell, add it:
terraform import postmaster_dns_authorization.octeth 'namecheap/example.org#via=octeth'
