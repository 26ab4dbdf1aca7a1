terraform import postmaster_dns_authorization.example cloudflare/example.com

# With an account of dns_accounts, and with a zone that is given:
terraform import postmaster_dns_authorization.customer namecheap@customer/shop.example
terraform import postmaster_dns_authorization.news cloudflare/news.example.com/example.com

# Where the credentials are tried by Octeth (via = "octeth"), which the id does not tell:
terraform import postmaster_dns_authorization.octeth 'namecheap/example.org#via=octeth'
