provider "postmaster" {
  sandbox = { path = "sandbox.json" }
}

resource "postmaster_sender_domain" "automatic" {
  domain   = "automatic.example.com"
  sendgrid = {}
}

resource "postmaster_sender_domain" "manual" {
  domain   = "manual.example.com"
  sendgrid = { automatic_security = false, custom_spf = true, ips = ["192.0.2.7", "2001:DB8::7"], default = true }
}

resource "postmaster_sender_domain" "selector" {
  domain   = "selector.example.com"
  sendgrid = { subdomain = "em", custom_dkim_selector = "abc" }
}

resource "postmaster_sender_domain" "selector_added" {
  domain   = "selector-added.example.com"
  sendgrid = { custom_dkim_selector = "xyz" }
}

resource "postmaster_sender_domain" "owned" {
  domain   = "owned.example.com"
  sendgrid = { username = "newsletter" }
}

resource "postmaster_sender_domain" "associated" {
  domain   = "associated.example.com"
  sendgrid = { username = "newsletter" }
}

resource "postmaster_sender_domain" "associated_in_part" {
  domain   = "associated-in-part.example.com"
  sendgrid = { username = "shop" }
}

resource "postmaster_sender_domain" "europe" {
  domain   = "europe.example.com"
  sendgrid = { region = "eu", username = "europe" }
}

resource "postmaster_sender_domain" "behalf" {
  domain   = "behalf.example.com"
  sendgrid = { on_behalf_of = "newsletter" }
}

resource "postmaster_sender_domain" "custom_spf" {
  domain   = "custom-spf.example.com"
  sendgrid = { custom_spf = true }
}

resource "postmaster_sender_domain" "imported" {
  domain   = "imported.example.com"
  sendgrid = {}
}
