// Package yandex provides Yandex.Mail for Domain as a mail service, and as the DNS host of domains that
// are delegated to it.
package yandex
