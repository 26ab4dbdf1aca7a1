// Package yandex is Yandex.Mail for Domain, as a mail service.
package yandex
