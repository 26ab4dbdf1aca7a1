terraform {
  required_providers {
    sendgrid = {
      source = "kenzo0107/sendgrid"
    }
  }
}

resource "sendgrid_sender_authentication" "example" {
  domain = "example.com"
}
