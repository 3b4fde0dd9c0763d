package store_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
)

func TestAlone(t *testing.T) {
	t.Parallel()
	s, _ := cluster.New(t)
	var inside, runs atomic.Int32
	errs := make(chan error, 40)
	for range cap(errs) {
		go func() {
			errs <- s.Alone(context.WithoutCancel(t.Context()), "code X", func(context.Context) error {
				if inside.Add(1) > 1 {
					t.Error("two are alone at once")
				}
				runs.Add(1)
				inside.Add(-1)
				return nil
			})
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if runs.Load() != int32(cap(errs)) {
		t.Errorf("%d of %d came in", runs.Load(), cap(errs))
	}
}

// Whoever is given up while alone, or fails, does not keep others out.
func TestAloneIsGivenBack(t *testing.T) {
	t.Parallel()
	s, _ := cluster.New(t)
	ctx, stop := context.WithCancel(t.Context())
	err := s.Alone(ctx, "code X", func(ctx context.Context) error { stop(); return ctx.Err() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want what do returned", err)
	}
	if err := s.Alone(t.Context(), "code X", func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
}
