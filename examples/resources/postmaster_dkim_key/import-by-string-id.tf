import {
  to = postmaster_dkim_key.example
  id = "mailserver/example.com"
}

import {
  to = postmaster_dkim_key.team
  id = "yandex/team.example.com"
}
