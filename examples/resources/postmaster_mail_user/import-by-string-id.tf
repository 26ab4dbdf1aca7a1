import {
  to = postmaster_mail_user.alice
  id = "mailserver/alice@example.com"
}

import {
  to = postmaster_mail_user.bob
  id = "yandex/bob@team.example.com"
}
