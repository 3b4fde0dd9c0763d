// Package faults lets the simulators of shops and printers misbehave on purpose: it reads a
// specification such as "429:5%,timeout:1%,touch-while-paging" and rolls seeded
// dice, so that a run can be repeated.
package faults

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Fault names a way to misbehave.
type Fault string

// The faults.
const (
	TooMany    Fault = "429"                // throttled
	Internal   Fault = "500"                // an error page
	Timeout    Fault = "timeout"            // no answer until the client gives up
	Truncate   Fault = "truncate"           // the body ends early
	Garble     Fault = "garble"             // the body is not JSON
	EmptyList  Fault = "emptylist"          // a list answers as if it were empty
	PartialRow Fault = "partial"            // a row lacks its nested lists, or fields come back null with errors
	Touch      Fault = "touch-while-paging" // rows change while they are paged
	After      Fault = "500-after"          // an error page after the request was carried out
	Cut        Fault = "cut"                // the connection ends before the request is carried out
	CutAfter   Fault = "cut-after"          // it ends after that and before the answer
	NewWord    Fault = "new-word"           // a state is called by a word that nobody knows
	EndedToken Fault = "ended-token"        // the token ends before its time
)

// All lists the faults that the simulators of shops know.
func All() []Fault {
	return []Fault{TooMany, Internal, Timeout, Truncate, Garble, EmptyList, PartialRow, Touch}
}

// OfPrinters lists those that the simulators of printers know.
func OfPrinters() []Fault {
	return []Fault{TooMany, Internal, Timeout, Truncate, Garble, EmptyList, After, Cut, CutAfter, NewWord, EndedToken}
}

// Set is a set of faults with their probabilities. The zero of *Set (nil) has none.
// It is safe for concurrent use.
type Set struct {
	mu     sync.Mutex
	dice   *rand.Rand
	chance map[Fault]float64
	counts map[Fault]int
}

// Parse reads a specification: names with a percentage, separated by commas; a name
// alone means always.
func Parse(spec string, seed uint64) (*Set, error) {
	s := &Set{dice: rand.New(rand.NewPCG(seed, 0x5eed)), chance: map[Fault]float64{}, counts: map[Fault]int{}}
	for part := range strings.SplitSeq(spec, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, percent, given := strings.Cut(part, ":")
		p := 100.0
		if given {
			var err error
			if p, err = strconv.ParseFloat(strings.TrimSuffix(percent, "%"), 64); err != nil || p < 0 || p > 100 {
				return nil, fmt.Errorf("fault %q: the chance must be a percentage from 0%% to 100%%", part)
			}
		}
		if known := append(All(), OfPrinters()...); !slices.Contains(known, Fault(name)) {
			return nil, fmt.Errorf("unknown fault %q; known are %v", name, known)
		}
		s.chance[Fault(name)] = p / 100
	}
	return s, nil
}

// Become lets s misbehave as a freshly parsed set does, from now on.
func (s *Set) Become(other *Set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dice, s.chance = other.dice, other.chance
}

// Roll reports whether f happens this time.
func (s *Set) Roll(f Fault) bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.chance[f]
	if p == 0 || s.dice.Float64() >= p {
		return false
	}
	s.counts[f]++
	return true
}

// Counts tells how often each fault happened.
func (s *Set) Counts() map[Fault]int {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counts)
}
