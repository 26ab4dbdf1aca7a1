terraform import postmaster_dkim_key.example mailserver/example.com
