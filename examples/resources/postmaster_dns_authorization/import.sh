terraform import postmaster_dns_authorization.example cloudflare/example.com

# With an account of dns_accounts, and with a given zone:
terraform import postmaster_dns_authorization.customer namecheap@customer/shop.example
terraform import postmaster_dns_authorization.news cloudflare/news.example.com/example.com

# For via = "octeth", which the id does not tell, add it:
terraform import postmaster_dns_authorization.octeth 'namecheap/example.org#via=octeth'
