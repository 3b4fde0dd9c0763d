package app

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
)

// SaveConsentPreference adds what people are asked about on a channel, or changes its name and wording.
func (a *App) SaveConsentPreference(ctx context.Context, m uuid.UUID, p relance.ConsentPreference, actor string) error {
	if err := p.Check(); err != nil {
		return err
	}
	id, err := a.Store.SaveConsentPreference(ctx, m, p, actor, a.Now())
	if err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "save_consent_preference", "consent_preference", id, map[string]any{"channel": p.Channel, "name": p.Name})
}

// RetireConsentPreference lets nobody be asked about it any more, or again.
func (a *App) RetireConsentPreference(ctx context.Context, m, id uuid.UUID, retired bool, actor string) error {
	if err := a.Store.RetireConsentPreference(ctx, m, id, retired, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "retire_consent_preference", "consent_preference", id, map[string]any{"retired": retired})
}

// RecordConsent writes down a yes or a no that a person gave to the legal entity of a shop.
func (a *App) RecordConsent(ctx context.Context, m, profile uuid.UUID, h relance.HandConsent, actor string) error {
	today, err := a.today(ctx, m)
	if err != nil {
		return err
	}
	if err := h.Check(today); err != nil {
		return err
	}
	var ask *store.Ask
	if h.AskByEmail {
		if ask, err = a.optInAsk(ctx, m, profile, h); err != nil {
			return err
		}
	}
	if err := a.Store.SayConsent(ctx, m, profile, h, ask, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "record_consent", "profile", profile, map[string]any{"channel": h.Channel, "preference": h.Preference, "given": h.Given, "shop": h.ShopID, "asked": h.AskByEmail, "lifted": h.LiftObjection})
}

// optInAsk chooses whom to ask, in which language and words, or tells why that cannot be.
func (a *App) optInAsk(ctx context.Context, m, profile uuid.UUID, h relance.HandConsent) (*store.Ask, error) {
	if a.Mail == nil {
		return nil, relance.Tell(relance.CodeConflict, nil, "NO_RELAY")
	}
	f, err := a.Store.FactsOf(ctx, m, profile)
	if err != nil {
		return nil, err
	}
	record := optInRecord(f, h.ShopID)
	if record == nil {
		return nil, relance.Tell(relance.CodeConflict, nil, "MAIL_NO_ADDRESS")
	}
	d := campaign.OptIn(f, h.ShopID, record.CustomerID, h.LiftObjection, a.Now())
	if d.Verdict != relance.VerdictSend {
		if d.Reasons[0] == relance.ReasonObjected {
			return nil, relance.TellField("liftObjection", "CONSENT_OBJECTED")
		}
		return nil, relance.Telling(notMailed[d.Reasons[0]]).As(relance.CodeConflict, nil)
	}
	wording := relance.StandardWording(h.Channel)
	if h.Preference != "" {
		list, err := a.Store.ConsentPreferences(ctx, m, false)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if p.Channel == h.Channel && strings.EqualFold(p.Key, h.Preference) {
				wording = p.Wording
			}
		}
	}
	text, language := textIn(wording.ByLanguage(), d.Recipient.Language, f.Merchant.Shops[h.ShopID].Language)
	return &store.Ask{CustomerID: record.CustomerID, Address: record.Email, Language: language, Wording: text}, nil
}

// optInRecord is whose address is asked: as the shop knows them, else as people typed it, else any.
func optInRecord(f *relance.Facts, shop uuid.UUID) *relance.FactRecord {
	if r := campaign.RecordAt(f, shop); r != nil && r.Email != "" && !r.Deleted {
		return r
	}
	var found *relance.FactRecord
	for i := range f.Records {
		if r := &f.Records[i]; r.Email != "" && !r.Deleted && (found == nil || r.Kind == relance.IdentityManual) {
			found = r
		}
	}
	return found
}

// MailOptIn mails a request to confirm a consent, unless somebody else does or did. SENDING is noted
// before the relay is spoken to: after an attempt of which nobody knows how it ended there is no other.
func (a *App) MailOptIn(ctx context.Context, t relance.OptInTask) error {
	if a.Mail == nil {
		return nil
	}
	o, err := a.Store.ClaimOptIn(ctx, t, a.sendLease(), a.Now())
	if err != nil || o == nil {
		return err
	}
	settle := func(state relance.OptInState, cause *relance.Sentence, next time.Time) error {
		return a.Store.SettleOptIn(context.WithoutCancel(ctx), t, state, cause, next, a.Now()) // noted even while stopping
	}
	later := a.Now().Add(min(reportPause<<min(t.Attempt, 10), mostReportPause))
	mail, d, err := a.optInMail(ctx, t.MerchantID, o)
	switch {
	case err != nil:
		return cmp.Or(settle(relance.OptInDue, nil, later), err)
	case d.Verdict == relance.VerdictWait:
		said := notMailed[d.Reasons[0]]
		return settle(relance.OptInDue, &said, d.Until)
	case d.Verdict != relance.VerdictSend:
		said := notMailed[d.Reasons[0]]
		return settle(relance.OptInFailed, &said, a.Now())
	}
	err = a.Mail.Send(ctx, mail)
	if err == nil {
		return settle(relance.OptInSent, nil, a.Now())
	}
	said := detailOf(err).Cause
	var f *delivery.Failure
	if errors.As(err, &f) && f.Outcome != delivery.Later {
		state := relance.OptInFailed
		if f.Outcome == delivery.Uncertain {
			state = relance.OptInUncertain
		}
		a.Log.Warn("confirmation not mailed", "merchant", t.MerchantID, "request", t.ID, "state", state, "err", err)
		return settle(state, said, a.Now())
	}
	return settle(relance.OptInDue, said, later)
}

// optInMail writes the e-mail, as long as it may go to the address that was asked.
func (a *App) optInMail(ctx context.Context, m uuid.UUID, o *relance.OptIn) (mail relance.Email, d relance.Decision, err error) {
	_, profile, err := a.Store.OptIn(ctx, m, o.ID)
	if err != nil {
		return mail, d, err
	}
	f, err := a.Store.FactsOf(ctx, m, profile)
	if err != nil {
		return mail, d, err
	}
	if d = campaign.OptIn(f, o.ShopID, o.CustomerID, o.Lift, a.Now()); d.Verdict != relance.VerdictSend {
		return mail, d, nil
	}
	if !strings.EqualFold(d.Recipient.Email, o.Address) {
		d.Verdict, d.Reasons = relance.VerdictRefuse, []relance.Reason{relance.ReasonNoAddress}
		return mail, d, nil
	}
	shop, err := a.Store.Shop(ctx, m, o.ShopID)
	if err != nil {
		return mail, d, err
	}
	set, err := a.Store.ShopSettings(ctx, m, o.ShopID)
	if err != nil {
		return mail, d, err
	}
	link, err := a.SignedLink(ctx, LinkConfirm, m, o.ID)
	if err != nil {
		return mail, d, err
	}
	msg, err := a.Texts.RenderOptIn(template.OptIn{Language: o.Language, ShopName: shop.Name, Controller: o.Controller, Imprint: imprint(set), Name: o.Name, Wording: o.Wording, Link: link,
		Until: template.Day(o.ExpiresAt.In(zoneOf(&shop)), o.Language)})
	if err != nil {
		return mail, d, err
	}
	return a.mail(&shop, set, o.ID, o.Address, msg, ""), d, nil
}

// OptInPage reads what stands behind a link. It changes nothing: mail scanners open links.
func (a *App) OptInPage(ctx context.Context, token string) (relance.OptInPage, error) {
	m, id, err := a.OpenLink(ctx, LinkConfirm, token)
	if err != nil {
		return relance.OptInPage{}, err
	}
	o, _, err := a.Store.OptIn(ctx, m, id)
	if err != nil {
		return relance.OptInPage{}, err
	}
	set, err := a.Store.ShopSettings(ctx, m, o.ShopID)
	return relance.OptInPage{ShopName: o.ShopName, Language: o.Language, Wording: o.Wording, Name: o.Name, Controller: o.Controller, Imprint: imprint(set),
		Confirmed: o.State == relance.OptInConfirmed, Over: o.State != relance.OptInConfirmed && !o.Open(o.State, a.Now())}, err
}

// ConfirmOptIn takes the confirmation of whoever got the link.
func (a *App) ConfirmOptIn(ctx context.Context, token string) (relance.OptInPage, error) {
	m, id, err := a.OpenLink(ctx, LinkConfirm, token)
	if err != nil {
		return relance.OptInPage{}, err
	}
	done, fresh, err := a.Store.ConfirmOptIn(ctx, m, id, a.Now())
	if err != nil {
		return relance.OptInPage{}, err
	}
	if fresh {
		if err := a.audit(ctx, m, "recipient", "confirm_consent", "opt_in", id, nil); err != nil {
			return relance.OptInPage{}, err
		}
	}
	page, err := a.OptInPage(ctx, token)
	page.Over = page.Over || !done
	return page, err
}

// ExpireOptIns erases a merchant's requests that nobody confirmed in time.
func (a *App) ExpireOptIns(ctx context.Context, m uuid.UUID) error {
	n, err := a.Store.ExpireOptIns(ctx, m, a.Now())
	if n > 0 {
		a.Log.Info("unconfirmed requests erased", "merchant", m, "count", n)
	}
	return err
}
