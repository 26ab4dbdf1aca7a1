provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-mta-sts.json"
  }
}

variables {
  bucket   = "mta-sts-example"
  web_host = "web.example.net"
}

run "published" {
  assert {
    condition     = output.published.id == provider::postmaster::mta_sts({ mode = "testing", mx = ["mx2.example.com", "mx1.example.com"], max_age = 86400 }).txt
    error_message = "The records are ${jsonencode(output.published)}."
  }

  assert {
    condition     = aws_s3_object.policy.content == "version: STSv1\r\nmode: testing\r\nmx: mx1.example.com\r\nmx: mx2.example.com\r\nmax_age: 86400\r\n"
    error_message = "The policy is ${jsonencode(aws_s3_object.policy.content)}."
  }
}
