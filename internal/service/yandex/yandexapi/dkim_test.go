package yandexapi_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

const (
	dkimOn  = `{"success":"ok","domain":"example.com","dkim":{"enabled":"yes","txtrecord":"v=DKIM1; k=rsa; t=s; p=SW52ZW50ZWQ= ","nsready":"no","mailready":"yes"}}`
	dkimOff = `{"success":"ok","domain":"example.com","dkim":{"enabled":"no","txtrecord":null,"nsready":false,"mailready":0}}`
	txt     = "v=DKIM1; k=rsa; t=s; p=SW52ZW50ZWQ="
)

func TestDKIM(t *testing.T) {
	s := newScripted(t)
	s.says("GET dkim/status", dkimOn, dkimOff)
	c := s.client()
	d, err := c.DKIM(t.Context(), "Example.com")
	if want := (yandexapi.DKIM{Enabled: true, TXTRecord: txt, MailReady: true}); err != nil || d != want {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err = c.DKIM(t.Context(), "example.com"); err != nil || d != (yandexapi.DKIM{}) {
		t.Errorf("%+v, %v", d, err)
	}
	// The private key is told to whoever asks for it.
	if form := s.last("GET dkim/status"); form.Get("domain") != "example.com" || form.Has("secretkey") {
		t.Errorf("asked %v", form)
	}
}

func TestEnableDKIM(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer string
		status []string // nil: it is not asked for
		kind   error    // nil: it is enabled
		want   string
	}{
		{name: "told at once", answer: `{"success":"ok","dkim":{"enabled":"yes","txtrecord":"` + txt + `"}}`},
		{name: "without the record", answer: `{"success":"ok","dkim":{"enabled":"yes","txtrecord":""}}`, status: []string{dkimOff, dkimOn}},
		{name: "unintelligible", answer: fine, status: []string{dkimOn}},
		{name: "unintelligible, and not done", answer: fine, status: []string{dkimOff}, kind: api.ErrOutcomeUnknown},
		{name: "the answer is lost", answer: cut, status: []string{dkimOn}},
		{name: "the answer is lost, and nothing can be read", answer: cut, status: []string{refusal(yandexapi.BadToken)}, kind: api.ErrUnavailable},
		{name: "not stored", answer: dkimOff, status: []string{dkimOff}, kind: api.ErrUnavailable, want: "its status does not show it"},
		{name: "done, and nothing can be read", answer: dkimOff, status: []string{refusal(yandexapi.BadToken)}, kind: api.ErrOutcomeUnknown, want: "the check failed"},
		{name: "refused", answer: refusal(yandexapi.NotAllowed), kind: yandexapi.NotAllowed, want: "that the domain is connected and verified"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.says("POST dkim/enable", tc.answer)
			if tc.status != nil {
				s.says("GET dkim/status", tc.status...)
			}
			d, err := s.client().EnableDKIM(t.Context(), "example.com")
			if tc.kind != nil {
				wantError(t, err, tc.kind, tc.want)
			} else if err != nil || !d.Enabled || d.TXTRecord != txt {
				t.Errorf("%+v, %v", d, err)
			}
			if (s.count("GET dkim/status") > 0) != (tc.status != nil) {
				t.Errorf("%d questions", s.count("GET dkim/status"))
			}
		})
	}
}

func TestDisableDKIM(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		status       []string
		kind         error
		want         string
	}{
		{name: "done", answer: fine, status: []string{dkimOff}},
		{name: "done after a moment", answer: fine, status: []string{dkimOn, dkimOff}},
		{name: "the answer is lost", answer: cut, status: []string{dkimOff}},
		{name: "not done", answer: fine, status: []string{dkimOn}, kind: api.ErrUnavailable, want: "its status does not show it"},
		{name: "the answer is lost, and it is not done", answer: cut, status: []string{dkimOn}, kind: api.ErrUnavailable, want: "closed without an answer"},
		{name: "refused", answer: refusal("status_none"), status: []string{dkimOff}, kind: api.ErrNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.says("POST dkim/disable", tc.answer)
			s.says("GET dkim/status", tc.status...)
			err := s.client().DisableDKIM(t.Context(), "example.com")
			if tc.kind != nil {
				wantError(t, err, tc.kind, tc.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
