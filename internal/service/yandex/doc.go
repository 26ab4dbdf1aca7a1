// Package yandex provides Yandex.Mail for Domain as a mail service.
package yandex
