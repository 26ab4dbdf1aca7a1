# One password for each address, such as from TF_VAR_passwords with
# { "bob@example.com" = "…", "carol@example.com" = "…" }.
variable "passwords" {
  type      = map(string)
  sensitive = true
  ephemeral = true
}

resource "postmaster_mail_user" "staff" {
  for_each = toset(["bob", "carol"])

  mail_domain_id = "mailserver/example.com"
  local_part     = each.key

  password_wo         = var.passwords["${each.key}@example.com"]
  password_wo_version = 1
}
