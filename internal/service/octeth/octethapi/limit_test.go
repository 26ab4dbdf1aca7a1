package octethapi_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

func TestCallsStayWithinTheLimitOfTheirOwnAccord(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		var refused atomic.Int32
		c := s.client(func(cfg *octethapi.Config) { cfg.Transport = &watched{next: s, refused: &refused} })
		start := time.Now()
		inParallel(t, 10, 300, func(int) error {
			_, err := c.Verify(t.Context(), octethapi.EmailGateway, 1)
			if !errors.Is(err, api.ErrNotFound) {
				return err
			}
			return nil
		})
		if took := time.Since(start); refused.Load() != 0 || took < 3*time.Minute || took > 4*time.Minute {
			t.Errorf("%d refused, %s", refused.Load(), took)
		}
	})
}

// watched counts the calls that the platform refused for being too many.
type watched struct {
	next    http.RoundTripper
	refused *atomic.Int32
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		w.refused.Add(1)
	}
	return resp, err
}

func TestWaitThatIsAskedForIsWaited(t *testing.T) {
	refusal := `{"Errors":[{"Code":429,"Message":"Too many requests. Wait for 37 seconds for another 100 attempts."}]}`
	for name, test := range map[string]struct {
		status int
		body   string
		least  time.Duration
		most   time.Duration
	}{
		"with status 429": {429, refusal, 37 * time.Second, 38 * time.Second},
		"with status 200": {200, refusal, 37 * time.Second, 38 * time.Second},
		"older shape":     {200, `{"Success":false,"ErrorCode":429,"ErrorText":"Too many requests. Please wait for 5 seconds before trying again."}`, 5 * time.Second, 6 * time.Second},
		"no time given":   {200, `{"Success":false,"ErrorCode":[429]}`, time.Millisecond, time.Second},
	} {
		inBubble(t, func(t *testing.T, s *simulation) {
			calls := 0
			s.spoils(func(c call) (*http.Response, error, bool) {
				if calls++; calls == 1 {
					return says(test.status, test.body), nil, false
				}
				return nil, nil, false
			})
			start := time.Now()
			// Nothing of a call that was one too many has been carried out, so that a change may go
			// out again.
			_, err := s.client(atVersion(octethapi.Version{5, 8})).Create(t.Context(), octethapi.EmailGateway, "example.com", octethapi.Options{})
			if took := time.Since(start); err != nil || took < test.least || took > test.most {
				t.Errorf("%s: %s, %v", name, took, err)
			}
		})
	}
}

func TestLimitThatStaysIsSaid(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		s.spoils(func(call) (*http.Response, error, bool) {
			return says(200, `{"Errors":[{"Code":429,"Message":"Too many requests. Wait for 60 seconds for another 100 attempts."}]}`), nil, false
		})
		_, err := s.client().Domains(t.Context(), octethapi.Campaign)
		if !errors.Is(err, api.ErrRateLimited) || !strings.Contains(err.Error(), "100 calls a minute") {
			t.Errorf("%v", err)
		}
	})
}

// A long answer is not taken for a refusal, whatever it holds, and arrives as it is.
func TestLongAnswersPassUnread(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		rows := strings.Repeat(`{"DomainID":"7","SenderDomain":"wait-for-9-seconds.example","Status":"Enabled"},`, 100)
		s.spoils(func(call) (*http.Response, error, bool) {
			return says(200, `{"ErrorCode":0,"Success":true,"SenderDomains":[`+strings.TrimSuffix(rows, ",")+`]}`), nil, false
		})
		start := time.Now()
		all, err := s.client().Domains(t.Context(), octethapi.Campaign)
		if err != nil || len(all) != 100 || time.Since(start) > 0 {
			t.Errorf("%d, %v, %s", len(all), err, time.Since(start))
		}
	})
}
