output "mx" {
  value = provider::postmaster::mx_rdata(10, "mx.example.com")
}

# 10 mx.example.com.
