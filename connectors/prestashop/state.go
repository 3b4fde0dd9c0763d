package prestashop

import (
	"context"
	"sync"
	"time"
)

// maxShops bounds what is remembered of shops.
const maxShops = 256

// slots is how many requests one shop gets at a time: more hurt a small host.
const slots = 2

// shopStates remembers, for all connectors of a platform value, what is shared
// between them: the slots and what was learnt of the shop.
type shopStates struct {
	mu    sync.Mutex
	shops map[string]*shopState
}

func newShopStates() *shopStates { return &shopStates{shops: map[string]*shopState{}} }

func (s *shopStates) get(key string) *shopState {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.shops[key]; st != nil {
		st.used = time.Now()
		return st
	}
	if len(s.shops) >= maxShops {
		oldest := ""
		for k, st := range s.shops {
			if oldest == "" || st.used.Before(s.shops[oldest].used) {
				oldest = k
			}
		}
		delete(s.shops, oldest)
	}
	st := newShopState()
	s.shops[key] = st
	return st
}

// shopState is what connectors of one shop share.
type shopState struct {
	used  time.Time
	slots chan struct{}

	mu      sync.Mutex
	denied  map[string]time.Time       // resources the key may not read, and when that was seen
	lacking map[string]map[string]bool // fields an older version does not have
	version string                     // as its answers say
	rows    map[string]time.Time       // when a resource last had rows

	loading gate // one load of reference data at a time
	refs    *references
	prices  *priceCache
	catalog *catalogCache
}

func newShopState() *shopState {
	return &shopState{used: time.Now(), loading: newGate(), slots: make(chan struct{}, slots), denied: map[string]time.Time{}, rows: map[string]time.Time{},
		lacking: map[string]map[string]bool{}, prices: newPriceCache(), catalog: newCatalogCache()}
}

// acquire takes a request slot.
func (s *shopState) acquire(ctx context.Context) error {
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *shopState) release() { <-s.slots }

// deny remembers that a resource may not be read; knowsDenied forgets it after keep.
func (s *shopState) deny(resource string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied[resource] = at
}

func (s *shopState) knowsDenied(resource string, now time.Time, keep time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.denied[resource]
	if ok && now.Sub(at) > keep {
		delete(s.denied, resource)
		return false
	}
	return ok
}

// lack remembers that the shop's version has no such field.
func (s *shopState) lack(resource, field string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lacking[resource] == nil {
		s.lacking[resource] = map[string]bool{}
	}
	s.lacking[resource][field] = true
}

func (s *shopState) lacks(resource, field string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lacking[resource][field]
}

func (s *shopState) sawVersion(v string) {
	if v == "" || v == "0" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version = v
}

func (s *shopState) knownVersion() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// allow forgets that a resource was not readable.
func (s *shopState) allow(resource string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.denied, resource)
}

// sawRows remembers that a resource had rows.
func (s *shopState) sawRows(resource string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[resource] = at
}

// hadRows reports whether a resource had rows lately.
func (s *shopState) hadRows(resource string, now time.Time, keep time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.rows[resource]
	return ok && now.Sub(at) < keep
}

// gate is a lock that may be held during requests: waiting for it ends with the
// context.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }
