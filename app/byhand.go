package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
)

const (
	// goodwillWithin is how long a shop may take to make a voucher that somebody promised.
	goodwillWithin = 24 * time.Hour
	goodwillPrefix = "MERCI"
)

// SetGoodwillLimits changes what clerks may give away at most.
func (a *App) SetGoodwillLimits(ctx context.Context, m uuid.UUID, l relance.GoodwillLimits, actor string) error {
	if err := l.Check(); err != nil {
		return err
	}
	if err := a.Store.SetGoodwillLimits(ctx, m, l); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_goodwill_limits", "merchant", m, l)
}

// GiveGoodwill has a shop make a voucher for a person, on the merchant's own account. It is entered
// into the ledger and made by a worker like those of campaigns; the same key again makes no second one.
func (a *App) GiveGoodwill(ctx context.Context, m uuid.UUID, g relance.Goodwill, actor string) (uuid.UUID, error) {
	if id, err := a.Store.MadeByHand(ctx, m, g.Key); err != nil || id != uuid.Nil {
		return id, err
	}
	now := a.Now()
	f, err := a.Store.FactsOf(ctx, m, g.ProfileID)
	if err != nil {
		return uuid.Nil, err
	}
	shop, ok := f.Merchant.Shops[g.ShopID]
	record := campaign.RecordAt(f, g.ShopID)
	switch {
	case !ok || record == nil || record.Deleted || !record.Active:
		return uuid.Nil, relance.TellField("shopId", "GOODWILL_NO_RECORD")
	case !shop.CanVoucher:
		return uuid.Nil, relance.TellField("shopId", "SHOP_WITHOUT_VOUCHERS")
	}
	v, err := a.goodwillVoucher(ctx, m, g, shop, now)
	if err != nil {
		return uuid.Nil, err
	}
	kind := relance.HandGoodwill
	if g.Mail {
		kind = relance.HandGoodwillMail
		if err := mayMail(f, g.ShopID, record.CustomerID, now); err != nil {
			return uuid.Nil, err
		}
	}
	id, made, err := a.Store.MakeByHand(ctx, m, store.HandMade{Key: g.Key, Kind: kind, ProfileID: f.ProfileID, CustomerID: record.CustomerID, ShopID: g.ShopID, Voucher: &v, ExpiresAt: now.Add(goodwillWithin)}, actor, now)
	if err != nil || !made {
		return id, err
	}
	return id, a.audit(ctx, m, actor, "give_goodwill", "follow_up", id, map[string]any{"kind": g.Kind, "value": g.Value, "currency": v.Currency, "until": g.Until.Format(time.DateOnly), "mail": g.Mail})
}

// goodwillVoucher is the voucher as it is noted before the shop is asked.
func (a *App) goodwillVoucher(ctx context.Context, m uuid.UUID, g relance.Goodwill, shop relance.FactShop, now time.Time) (v relance.PlannedVoucher, err error) {
	limits, err := a.Store.GoodwillLimits(ctx, m)
	if err != nil {
		return v, err
	}
	if err := limits.Within(g); err != nil {
		return v, err
	}
	until, err := lastSecond(g.Until, shop.Zone, limits.Days, now)
	if err != nil {
		return v, err
	}
	v = planVoucher(&relance.Offer{Kind: g.Kind, Value: g.Value, Currency: shop.Currency, ValidDays: 1, Prefix: goodwillPrefix}, shop, shop.Country, now)
	v.ValidUntil = until
	if g.Kind == relance.VoucherFreeShipping && !g.Value.IsZero() {
		return v, relance.TellField("value", "GOODWILL_SHIPPING")
	}
	return v, nil
}

// lastSecond is the end of a day in the shop's zone, which is today or at most so many days later.
func lastSecond(day time.Time, zone *time.Location, days int, now time.Time) (time.Time, error) {
	end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone).Add(-time.Second)
	local := now.In(zone)
	last := time.Date(local.Year(), local.Month(), local.Day()+days+1, 0, 0, 0, 0, zone)
	if !end.After(now) || !end.Before(last) {
		return end, relance.TellField("until", "VOUCHER_UNTIL", "last", last.AddDate(0, 0, -1).Format(time.DateOnly))
	}
	return end.UTC(), nil
}

// notMailed says why an e-mail may not go out that somebody asks for.
var notMailed = map[relance.Reason]relance.Sentence{ //nolint:gochecknoglobals // a table
	relance.ReasonSendingStopped: relance.Say("MAIL_STOPPED"), relance.ReasonDoNotContact: relance.Say("MAIL_NOT_CONTACT"), relance.ReasonNoAddress: relance.Say("MAIL_NO_ADDRESS"), relance.ReasonInactiveRecord: relance.Say("MAIL_INACTIVE"),
	relance.ReasonStaff: relance.Say("MAIL_STAFF"), relance.ReasonMinor: relance.Say("MAIL_MINOR"), relance.ReasonMasked: relance.Say("MAIL_MASKED"), relance.ReasonObjected: relance.Say("MAIL_OBJECTED"), relance.ReasonBounced: relance.Say("MAIL_BOUNCED"),
	relance.ReasonNoSender: relance.Say("MAIL_NO_SENDER"), relance.ReasonNoConsent: relance.Say("MAIL_NO_CONSENT"), relance.ReasonNoPreference: relance.Say("MAIL_NO_CONSENT"), relance.ReasonNotConfirmed: relance.Say("MAIL_NOT_CONFIRMED"), relance.ReasonRestricted: relance.Say("MAIL_RESTRICTED"),
}

// mayMail tells why an e-mail may not go to a record, before anything is entered.
func mayMail(f *relance.Facts, shop, customer uuid.UUID, now time.Time) error {
	if d := campaign.ByHand(f, shop, customer, now); d.Verdict != relance.VerdictSend {
		return relance.Telling(notMailed[d.Reasons[0]]).As(relance.CodeConflict, nil)
	}
	return nil
}

// Resend sends an e-mail once more that has gone out, as a message of its own that refers to the first.
// The same key again sends nothing more, and of one message one repeat is under way at a time.
func (a *App) Resend(ctx context.Context, m, followUp, key uuid.UUID, actor string) (uuid.UUID, error) {
	if id, err := a.Store.MadeByHand(ctx, m, key); err != nil || id != uuid.Nil {
		return id, err
	}
	now := a.Now()
	o, err := a.Store.Original(ctx, m, followUp)
	if err != nil {
		return uuid.Nil, err
	}
	if err := resendable(o, now); err != nil {
		return uuid.Nil, err
	}
	f, err := a.Store.FactsOf(ctx, m, o.ProfileID)
	if err != nil {
		return uuid.Nil, err
	}
	if err := mayMail(f, o.ShopID, o.CustomerID, now); err != nil {
		return uuid.Nil, err
	}
	id, made, err := a.Store.MakeByHand(ctx, m, store.HandMade{Key: key, Kind: relance.HandResend, ProfileID: f.ProfileID, CustomerID: o.CustomerID, ShopID: o.ShopID, AgainOf: &o.ID, ExpiresAt: now.Add(sendAgainWithin)}, actor, now)
	if err != nil || !made {
		return id, err
	}
	return id, a.audit(ctx, m, actor, "resend", "follow_up", id, map[string]any{"again_of": o.ID})
}

// resendable tells why a message cannot be sent once more.
func resendable(o store.Original, now time.Time) error {
	switch {
	case o.Channel != relance.ChannelEmail:
		return relance.Tell(relance.CodeConflict, nil, "RESEND_LETTER")
	case o.State == relance.SendUncertain:
		return relance.Tell(relance.CodeConflict, nil, "RESEND_UNCERTAIN")
	case o.State != relance.SendSent:
		return relance.Tell(relance.CodeConflict, nil, "RESEND_NOT_SENT")
	case o.VoucherState != "" && (o.VoucherState != relance.VoucherIssued || o.VoucherUntil.Before(now)):
		return relance.Tell(relance.CodeConflict, nil, "RESEND_VOUCHER")
	}
	return nil
}

// byHand takes what somebody did by hand through to its end.
func (s *sending) byHand(ctx context.Context) error {
	if s.f.ByHand != relance.HandResend {
		if err := s.issue(ctx); err != nil {
			return s.voucherFailed(ctx, err)
		}
	} else if v := s.f.Voucher; v != nil && (v.State != string(relance.VoucherIssued) || v.ValidUntil.Before(s.app.Now())) {
		return s.settle(ctx, relance.SendFailed, "", relance.Telling(relance.Say("RESEND_VOUCHER")))
	}
	if s.f.ByHand == relance.HandGoodwill {
		return s.settle(ctx, relance.SendHanded, "", relance.Detail{})
	}
	if s.app.Mail == nil {
		return s.postpone(ctx, mostRetry, relance.Telling(relance.Say("NO_RELAY")))
	}
	d := recheck(s.f, s.app.Now())
	if done, err := s.stop(ctx, d); done || err != nil {
		return err
	}
	return s.write(ctx, d)
}

// textByHand is what the e-mail says that somebody sends by hand: of a repeat the same once more, with
// a way to unsubscribe of its own; where the voucher's end is another by now, the voucher alone.
func (s *sending) textByHand(ctx context.Context, from *mailSender, d relance.Decision, unsubscribe string) (template.Message, error) {
	if s.f.ByHand == relance.HandResend {
		sent, changed, err := s.app.Store.SentMail(ctx, s.merchant, *s.f.AgainOf)
		if err != nil {
			return template.Message{}, err
		}
		if !changed {
			before, err := s.room.unsubscribe(ctx, *s.f.AgainOf)
			return template.Message{Subject: sent.Subject, Text: strings.ReplaceAll(sent.Text, before, unsubscribe), HTML: strings.ReplaceAll(sent.HTML, before, unsubscribe)}, err
		}
	}
	text, language := textIn(campaign.GoodwillTexts(), d.Recipient.Language, from.settings.Language)
	return s.app.Texts.Render(text, from.data(s.f, language, unsubscribe))
}

// ExtendVoucher gives a message's voucher a later last day, here and in the shop. The new end is noted
// before the shop is asked, and asked for again where the shop does not confirm it.
func (a *App) ExtendVoucher(ctx context.Context, m, followUp uuid.UUID, day time.Time, actor string) error {
	v, err := a.Store.Voucher(ctx, m, followUp)
	if err != nil {
		return err
	}
	shop, err := a.Store.Shop(ctx, m, v.ShopID)
	if err != nil {
		return err
	}
	limits, err := a.Store.GoodwillLimits(ctx, m)
	if err != nil {
		return err
	}
	now := a.Now()
	until, err := lastSecond(day, zoneOf(&shop), limits.Days, now)
	switch {
	case err != nil:
		return err
	case v.State != relance.VoucherIssued:
		return relance.Tell(relance.CodeConflict, nil, "VOUCHER_SPENT")
	case v.ValidUntil.Equal(until):
		return nil // by an earlier call
	case v.ValidUntil.After(until):
		return relance.TellField("until", "VOUCHER_LATER")
	}
	if err := a.Store.WantVoucherExtended(ctx, m, v.FollowUpID, until, actor); err != nil {
		return err
	}
	if err := a.extend(ctx, m, v.FollowUpID); err != nil && !laterMay(err) {
		return err
	} else if err != nil {
		a.Log.Warn("voucher not extended yet; it is tried again", "shop", v.ShopID, "follow_up", v.FollowUpID, "code", relance.CodeOf(err), "err", err)
	}
	return nil
}

// extend tells the shop the end that a voucher is to have.
func (a *App) extend(ctx context.Context, m, followUp uuid.UUID) error {
	v, err := a.Store.Voucher(ctx, m, followUp)
	if err != nil {
		return err
	}
	return a.Store.Alone(ctx, v.ShopID.String()+" "+v.Code, func(ctx context.Context) error {
		// Whoever was alone before may have revoked it, or told the shop already.
		if v, err = a.Store.Voucher(ctx, m, followUp); err != nil || v.ExtendTo == nil || v.State != relance.VoucherIssued {
			return err
		}
		if err := a.extendInShop(ctx, m, v); err != nil {
			if !laterMay(err) {
				return cmp.Or(a.Store.VoucherNotExtended(ctx, m, followUp), err)
			}
			return err
		}
		changed, err := a.Store.VoucherExtended(ctx, m, followUp, *v.ExtendTo, a.Now())
		if err != nil || !changed {
			return err
		}
		return a.audit(ctx, m, v.ChangedBy, "extend_voucher", "follow_up", followUp, map[string]any{"from": v.ValidUntil, "to": *v.ExtendTo})
	})
}

// extendInShop looks first: what is used, gone or switched off in the shop gets no new end.
func (a *App) extendInShop(ctx context.Context, m uuid.UUID, v store.VoucherOf) error {
	issuer, err := a.issuer(ctx, m, v.ShopID)
	if err != nil {
		return err
	}
	extender, ok := issuer.(connectors.VoucherExtender)
	if !ok {
		return relance.Tell(relance.CodeConflict, nil, "SHOP_WITHOUT_VOUCHERS")
	}
	here := func() error {
		found, err := issuer.FindVouchers(ctx, v.Code)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(found, func(x relance.Voucher) bool { return x.ExternalID == v.ExternalID })
		switch {
		case i < 0:
			return relance.Tell(relance.CodeConflict, nil, "VOUCHER_GONE")
		case found[i].Used > 0 || found[i].Spent():
			return relance.Tell(relance.CodeConflict, nil, "VOUCHER_SPENT")
		case !found[i].Active && !endedByItself(found[i], v.ValidUntil, a.Now()):
			return relance.Tell(relance.CodeConflict, nil, "VOUCHER_OFF")
		}
		return nil
	}
	if err := here(); err != nil {
		return err
	}
	if err := extender.ExtendVoucher(ctx, v.ExternalID, *v.ExtendTo); err != nil {
		return err
	}
	return here() // a voucher whose switch is off stays so with any end
}

// endedByItself reports whether a voucher that works no more had the end that it was given.
func endedByItself(x relance.Voucher, until, now time.Time) bool {
	return now.After(until) && x.Until != nil && !x.Until.Before(until.Add(-time.Second))
}

// laterMay reports whether a shop may do it later without anybody's doing.
func laterMay(err error) bool {
	return relance.Temporary(err) || errors.Is(err, connectors.ErrOutcomeUnknown) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// extendOthers tells the shops again of ends that they did not confirm.
func (a *App) extendOthers(ctx context.Context, m uuid.UUID) error {
	list, err := a.Store.VouchersToExtend(ctx, m, tidyAtOnce)
	if err != nil {
		return err
	}
	for _, v := range list {
		if err := a.extend(ctx, m, v.FollowUpID); err != nil {
			a.Log.Warn("voucher not extended; it is tried again where that may help", "shop", v.ShopID, "follow_up", v.FollowUpID, "code", relance.CodeOf(err), "err", err)
		}
	}
	return ctx.Err()
}

// RevokeVoucher makes a message's voucher useless, here and in the shop. That somebody wants it is
// noted before the shop is asked, which is asked again until it has done it.
func (a *App) RevokeVoucher(ctx context.Context, m, followUp uuid.UUID, actor string) error {
	v, err := a.Store.Voucher(ctx, m, followUp)
	if err != nil || v.State == relance.VoucherRevoked {
		return err
	}
	if err := a.Store.WantVoucherRevoked(ctx, m, v.FollowUpID, actor, a.Now()); err != nil {
		return err
	}
	if err := a.revoke(ctx, m, store.UselessVoucher{FollowUpID: v.FollowUpID, ShopID: v.ShopID, Code: v.Code, ExternalID: v.ExternalID, Reason: "BY_HAND", By: actor}); err != nil {
		a.Log.Warn("voucher not revoked yet; it is tried again", "shop", v.ShopID, "follow_up", v.FollowUpID, "code", relance.CodeOf(err), "err", err)
	}
	return nil
}
