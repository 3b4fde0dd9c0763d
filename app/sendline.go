package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

const (
	takeAtOnce    = 32               // messages that are taken, and read about, together
	prepareAtOnce = 4                // that are prepared beside each other
	sendAtOnce    = 4                // that are with the relay, and uncertain where this process is killed
	sendSlice     = 10 * time.Second // after which other work comes first
)

// SendDue sends the messages of a merchant that are due, until none is left or others are to have
// their turn; more says that some are left. Any number of calls at once send each message once: its row
// says who has it, and once it is being sent it is never sent again by itself. What goes wrong with one
// message holds no other up.
func (a *App) SendDue(ctx context.Context, m uuid.UUID) (more bool, err error) {
	if !a.takeTurn(m) {
		return false, nil // another job of this process is at it
	}
	defer a.endTurn(m)
	l := &sendLine{app: a, merchant: m, taken: make(chan *sending), ready: make(chan *sending, sendAtOnce)}
	var preparing, sending sync.WaitGroup
	for range prepareAtOnce {
		preparing.Go(func() { l.prepare(ctx) })
	}
	sending.Go(func() { l.send(ctx) })
	more = l.take(ctx)
	close(l.taken)
	preparing.Wait()
	close(l.ready)
	sending.Wait()
	return more, errors.Join(l.errs...)
}

// takeTurn reports whether nobody of this process sends for the merchant yet.
func (a *App) takeTurn(m uuid.UUID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sending[m] {
		return false
	}
	if a.sending == nil {
		a.sending = map[uuid.UUID]bool{}
	}
	a.sending[m] = true
	return true
}

func (a *App) endTurn(m uuid.UUID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.sending, m)
}

// sendLine is a merchant's messages on their way: taken, prepared beside each other, and handed to the
// relay in the groups in which they come ready.
type sendLine struct {
	app      *App
	merchant uuid.UUID
	taken    chan *sending
	ready    chan *sending

	mu   sync.Mutex
	errs []error
}

// take takes what is due until the slice is over, and reports whether something is left.
func (l *sendLine) take(ctx context.Context) (more bool) {
	a := l.app
	for until := a.Now().Add(sendSlice); ctx.Err() == nil && a.Now().Before(until); {
		list, more, err := a.Store.TakeFollowUps(ctx, l.merchant, takeAtOnce, a.sendLease(), a.Now())
		l.failed(err)
		room := &mailroom{app: a, merchant: l.merchant}
		for _, f := range list {
			l.taken <- &sending{app: a, merchant: l.merchant, f: f, room: room}
		}
		if !more {
			return false
		}
	}
	return true
}

func (l *sendLine) prepare(ctx context.Context) {
	for s := range l.taken {
		l.failed(s.prepare(ctx))
		if s.mail != nil {
			l.ready <- s
		}
	}
}

// send hands over whatever is ready by then, a few at a time: what was begun when this process is killed
// is uncertain.
func (l *sendLine) send(ctx context.Context) {
	for first := range l.ready {
		group := []*sending{first}
		for len(group) < sendAtOnce {
			select {
			case s, open := <-l.ready:
				if open {
					group = append(group, s)
					continue
				}
			default:
			}
			break
		}
		l.sendGroup(ctx, group)
	}
}

// sendGroup begins to send some messages in one transaction, and hands them over side by side.
func (l *sendLine) sendGroup(ctx context.Context, group []*sending) {
	a := l.app
	out := make([]*store.Outgoing, len(group))
	for i, s := range group {
		out[i] = &store.Outgoing{FollowUp: s.f, Made: s.made, Mail: *s.mail}
	}
	a.Store.BeginSending(ctx, l.merchant, out, func(f *store.FollowUp) relance.Decision { return recheck(f, a.Now()) }, a.sendLease(), a.Now())
	var all sync.WaitGroup
	for i, s := range group {
		all.Go(func() { l.failed(s.send(ctx, out[i])) })
	}
	all.Wait()
}

func (l *sendLine) failed(err error) {
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.errs = append(l.errs, err)
	}
}
