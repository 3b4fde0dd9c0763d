package prestashop_test

import (
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

// A failure that passes is not even seen; one that stays is an error after the tries.
func TestShortFailuresAreRiddenOut(t *testing.T) {
	t.Parallel()
	shop := prestashoptest.New(people(3), prestashoptest.Options{})
	var failing, asked atomic.Int32
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if failing.Add(-1) >= 0 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		shop.ServeHTTP(w, r)
	}))
	c := connect(t, url, quick())
	failing.Store(3)
	if _, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers}); err != nil {
		t.Error(err)
	}
	failing.Store(1000)
	asked.Store(0)
	if _, err := connect(t, url, quick()).Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers}); relance.CodeOf(err) != relance.CodeShopDown || asked.Load() != 4 {
		t.Errorf("%v after %d tries", err, asked.Load())
	}
}

// A shop that asks to wait longer than a moment is left alone, and how long is told.
func TestRetryAfterIsPassedOn(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	_, err := connect(t, url, quick()).Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers})
	var e *relance.Error
	if !errors.As(err, &e) || e.Code != relance.CodeShopBusy || e.Wait != 2*time.Minute || asked.Load() != 1 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}

// Errors that a person must mend are not tried again.
func TestHopelessRequestsAreMadeOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	_, err := connect(t, url, quick()).Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers})
	if relance.CodeOf(err) != relance.CodeShopAuth || asked.Load() != 1 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}

// Connectors of one platform value share what they learnt: the settings are read once.
func TestSettingsAreReadOnce(t *testing.T) {
	t.Parallel()
	shop, url := prestashoptest.NewShop(t, people(30), prestashoptest.Options{})
	c := connect(t, url, quick())
	first, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers})
	if err != nil {
		t.Fatal(err)
	}
	shop.ForgetRequests()
	if _, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers, After: first.Next}); err != nil {
		t.Fatal(err)
	}
	for _, r := range shop.Requests() {
		switch r.Path {
		case "/api/customers", "/api/addresses", "/api/customer_threads", "/api/configurations":
		default:
			t.Errorf("%s was read again", r.Path)
		}
	}
}
