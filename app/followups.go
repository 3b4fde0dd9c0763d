package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/store"
	"github.com/relance/relance/template"
)

// Mailer hands one e-mail to a relay; see delivery.SMTP for what its errors mean.
type Mailer interface {
	Send(ctx context.Context, e relance.Email) error
}

const (
	// mostRetry is the longest pause between two attempts.
	mostRetry = 15 * time.Minute
	// sendAgainWithin is how long a message may take that a person decided to send after all.
	sendAgainWithin = 2 * time.Hour
)

// sendLease is how long a worker may take for one message. After that another looks at it, and a
// message that was being sent counts as uncertain.
func (a *App) sendLease() time.Duration {
	if a.SendLease > 0 {
		return a.SendLease
	}
	return 5 * time.Minute
}

// sending is one message in a worker's hands.
type sending struct {
	app      *App
	merchant uuid.UUID
	f        *store.FollowUp
	room     *mailroom
	made     string         // what the shop calls the voucher that it made just now; "" where it is noted already
	mail     *relance.Email // once it is ready for the relay
}

// prepare does all that comes before the relay: it asks the guards and the shops, makes the voucher and
// writes the e-mail. What goes another way, or nowhere, ends here.
func (s *sending) prepare(ctx context.Context) error {
	f := s.f
	if f.Ordering {
		return s.askPrinter(ctx)
	}
	if f.Facts == nil {
		return s.settle(ctx, relance.SendRefused, relance.ReasonNoAddress, relance.Telling(relance.Say("CUSTOMER_GONE")))
	}
	if f.ByHand != "" {
		return s.byHand(ctx)
	}
	if s.app.Mail == nil && f.Channel == relance.ChannelEmail {
		return s.postpone(ctx, mostRetry, relance.Telling(relance.Say("NO_RELAY")))
	}
	d := recheck(f, s.app.Now())
	if done, err := s.stop(ctx, d); done || err != nil {
		return err
	}
	looked, err := s.lookAtShops(ctx)
	if err != nil {
		return s.later(ctx, err)
	}
	if looked { // nobody gets a voucher who ordered a moment ago
		if err := s.app.Store.RefreshFollowUp(ctx, s.merchant, f); err != nil {
			return err
		}
		d = recheck(f, s.app.Now())
		if done, err := s.stop(ctx, d); done || err != nil {
			return err
		}
	}
	if err := s.issue(ctx); err != nil {
		return s.voucherFailed(ctx, err)
	}
	if f.Channel == relance.ChannelLetter {
		return s.post(ctx, d)
	}
	return s.write(ctx, d)
}

func recheck(f *store.FollowUp, now time.Time) relance.Decision {
	if f.Facts == nil {
		return relance.Decision{Verdict: relance.VerdictRefuse, Reasons: []relance.Reason{relance.ReasonNoAddress}}
	}
	if f.ByHand != "" {
		return campaign.ByHand(f.Facts, f.ShopID, f.CustomerID, now)
	}
	return campaign.Recheck(&f.Campaign, &f.Enrolment, f.StepKey, f.Facts, now)
}

// stop ends or postpones what is not to be sent now.
func (s *sending) stop(ctx context.Context, d relance.Decision) (done bool, err error) {
	switch d.Verdict {
	case relance.VerdictSend:
		if d.Recipient.CustomerID == s.f.CustomerID && d.Recipient.ShopID == s.f.ShopID {
			return false, nil
		}
		return true, s.settle(ctx, relance.SendRefused, relance.ReasonNoAddress, relance.Telling(relance.Say("OTHER_RECORD")))
	case relance.VerdictWait:
		if d.Until.After(s.f.ExpiresAt) {
			return true, s.settle(ctx, relance.SendExpired, d.Reasons[0], relance.Detail{})
		}
		return true, s.app.Store.Postpone(ctx, s.merchant, s.f, d.Reasons[0], relance.Detail{}, d.Until)
	}
	return true, s.settle(ctx, relance.SendRefused, d.Reasons[0], relance.Detail{})
}

// issue makes the voucher in the shop, once: the code is in our row before the shop is asked,
// one process at a time asks for it, and looks first.
func (s *sending) issue(ctx context.Context) error {
	v := s.f.Voucher
	switch {
	case v == nil, v.State == "ISSUED":
		return nil
	case v.State != "PLANNED":
		return relance.Tell(relance.CodeConflict, nil, "VOUCHER_SPENT")
	}
	c, err := s.room.connector(ctx, s.f.ShopID)
	if err != nil {
		return err
	}
	issuer, err := issuerOf(c)
	if err != nil {
		return err
	}
	order := relance.VoucherOrder{Code: v.Code, Kind: v.Kind, Value: v.Value.Amount, Currency: v.Value.Currency, Minimum: v.Minimum.Amount, From: v.ValidFrom, Until: v.ValidUntil,
		CustomerID: s.boundTo(), Titles: s.titles(), Language: s.f.Facts.Language}
	return s.app.Store.Alone(ctx, s.f.ShopID.String()+" "+v.Code, func(ctx context.Context) error {
		made, err := issuer.IssueVoucher(ctx, order)
		if err != nil {
			return err
		}
		if s.f.Channel == relance.ChannelEmail && s.f.ByHand == "" {
			s.made = made.ExternalID // noted as the message begins; until then whoever sends or revokes looks into the shop
			return nil
		}
		return s.app.Store.VoucherIssued(ctx, s.merchant, s.f.ID, made.ExternalID, s.app.Now())
	})
}

// titles is what the voucher is called in the shop.
func (s *sending) titles() map[string]string {
	if s.f.ByHand != "" {
		return map[string]string{"en": "Voucher", "fr": "Bon de réduction", "de": "Gutschein"}
	}
	return map[string]string{"en": s.f.Campaign.Name}
}

// boundTo is the customer who alone can use the voucher; guests cannot sign in, so theirs is
// for whoever has the code.
func (s *sending) boundTo() string {
	for _, r := range s.f.Facts.Records {
		if r.CustomerID == s.f.CustomerID && r.Kind == relance.IdentityCustomer {
			return r.ExternalID
		}
	}
	return ""
}

func (s *sending) voucherFailed(ctx context.Context, err error) error {
	if relance.CodeOf(err) == relance.CodeShopRights {
		// It goes on by itself once the right is given, as long as the message is not too late.
		return s.postpone(ctx, mostRetry, detailOf(err))
	}
	if relance.Temporary(err) || errors.Is(err, connectors.ErrOutcomeUnknown) {
		return s.later(ctx, err)
	}
	return s.settle(ctx, relance.SendFailed, "", detailOf(err))
}

// write writes the e-mail.
func (s *sending) write(ctx context.Context, d relance.Decision) error {
	mail, err := s.compose(ctx, d)
	if err != nil {
		return s.settle(ctx, relance.SendFailed, "", detailOf(err))
	}
	s.mail = &mail
	return nil
}

// send hands the message to the relay, where it may still be sent.
func (s *sending) send(ctx context.Context, o *store.Outgoing) error {
	switch {
	case relance.CodeOf(o.Err) == relance.CodeConflict:
		return nil
	case o.Err != nil:
		return errors.Join(o.Err, s.later(ctx, o.Err))
	}
	if done, err := s.stop(ctx, o.Decision); done || err != nil {
		return err
	}
	// From here on it may have gone out: the row says so whatever happens to this process.
	sent := s.app.Mail.Send(ctx, o.Mail)
	ctx = context.WithoutCancel(ctx)
	var failed *delivery.Failure
	switch {
	case sent == nil:
		return s.settle(ctx, relance.SendSent, "", relance.Detail{})
	case !errors.As(sent, &failed):
		return s.later(ctx, sent) // given up before it was begun
	}
	switch failed.Outcome {
	case delivery.Later:
		return s.later(ctx, failed)
	case delivery.NoMailbox:
		if err := s.app.Store.StopAddress(ctx, s.merchant, o.Mail.To, relance.StoppedByBounce, s.f.ID, s.app.Now()); err != nil {
			return err
		}
		return s.settle(ctx, relance.SendBounced, relance.ReasonBounced, relance.Telling(failed.Says))
	case delivery.Uncertain:
		return s.settle(ctx, relance.SendUncertain, "", relance.Telling(failed.Says))
	default:
		return s.settle(ctx, relance.SendFailed, "", relance.Telling(failed.Says))
	}
}

func (s *sending) settle(ctx context.Context, state relance.SendState, reason relance.Reason, detail relance.Detail) error {
	return s.app.Store.Settle(ctx, s.merchant, s.f, state, reason, detail, s.app.Now())
}

// judgeAgain asks on facts of this moment.
func (s *sending) judgeAgain(fresh *store.FollowUp) relance.Decision {
	return recheck(fresh, s.app.Now())
}

// later gives the message back for another attempt, as long as it is not too late.
func (s *sending) later(ctx context.Context, err error) error {
	return s.postpone(ctx, s.pause(err), detailOf(err))
}

// pause is how long to wait before the next attempt: longer each time, or as asked.
func (s *sending) pause(err error) time.Duration {
	first := s.app.SendRetry
	if first == 0 {
		first = 15 * time.Second
	}
	pause := min(first<<min(s.f.Attempts-1, 6), mostRetry)
	var e *relance.Error
	if errors.As(err, &e) {
		pause = max(pause, e.Wait)
	}
	var f *delivery.Failure
	if errors.As(err, &f) {
		pause = max(pause, f.Wait)
	}
	return pause
}

func (s *sending) postpone(ctx context.Context, pause time.Duration, detail relance.Detail) error {
	return s.app.Store.Postpone(context.WithoutCancel(ctx), s.merchant, s.f, "", detail, s.app.Now().Add(pause))
}

// detailOf is what may be told of an error: nothing personal, nothing internal.
func detailOf(err error) relance.Detail {
	var e *relance.Error
	var f *delivery.Failure
	switch {
	case errors.As(err, &e) && e.Says == nil:
		return relance.Detail{Text: e.Message}
	case errors.As(err, &e):
		return relance.Telling(*e.Says)
	case errors.As(err, &f):
		return relance.Telling(f.Says)
	case errors.Is(err, context.Canceled):
		return relance.Telling(relance.Say("WORKER_STOPPED_BEFORE"))
	}
	return relance.Telling(relance.Say("INTERNAL"))
}

// compose writes the e-mail of a follow-up.
func (s *sending) compose(ctx context.Context, d relance.Decision) (relance.Email, error) {
	f := s.f
	from, err := s.room.sender(ctx, f.ShopID)
	if err != nil {
		return relance.Email{}, err
	}
	unsubscribe, err := s.room.unsubscribe(ctx, f.ID)
	if err != nil {
		return relance.Email{}, err
	}
	var msg template.Message
	switch {
	case f.ByHand != "":
		msg, err = s.textByHand(ctx, from, d, unsubscribe)
	case d.Step == nil:
		return relance.Email{}, relance.Errorf(relance.CodeInternal, "the step is gone")
	default:
		msg, err = s.text(ctx, from, d, unsubscribe)
	}
	if err != nil {
		return relance.Email{}, err
	}
	return s.app.mail(&from.shop, from.settings, f.ID, d.Recipient.Email, msg, unsubscribe), nil
}

// text is what the e-mail of a campaign's step says.
func (s *sending) text(ctx context.Context, from *mailSender, d relance.Decision, unsubscribe string) (msg template.Message, err error) {
	text, language := textIn(d.Step.Email, d.Recipient.Language, from.settings.Language)
	data := from.data(s.f, language, unsubscribe)
	if d.Instance.Cart != nil && d.Instance.Order == nil {
		if data.Cart, err = s.app.cartData(ctx, s.merchant, &from.shop, d.Instance.Cart, language, s.f.Campaign.ID); err != nil {
			return msg, err
		}
	}
	return s.app.Texts.Render(text, data)
}

// mail puts a message into its envelope.
func (a *App) mail(shop *relance.Shop, set relance.ShopSettings, id uuid.UUID, to string, msg template.Message, unsubscribe string) relance.Email {
	_, domain, _ := strings.Cut(set.SenderEmail, "@")
	return relance.Email{MessageID: id.String() + "@" + domain, FromName: cmp.Or(set.SenderName, shop.Name), From: set.SenderEmail, ReplyTo: set.ReplyTo, To: to,
		Subject: msg.Subject, Text: msg.Text, HTML: msg.HTML, Unsubscribe: unsubscribe, At: a.Now()}
}

// textIn chooses the text in the recipient's language, else in the shop's, else in any.
func textIn[T any](texts map[string]T, languages ...string) (text T, language string) {
	for _, l := range append(languages, "en", "fr", "de") {
		base, _, _ := strings.Cut(strings.ToLower(l), "-")
		if t, ok := texts[base]; ok {
			return t, base
		}
	}
	for l, t := range texts {
		return t, l
	}
	return text, ""
}

func voucherData(v *store.Voucher, zone *time.Location, language string) *template.Voucher {
	out := &template.Voucher{Code: v.Code, Until: v.ValidUntil.In(zone)}
	switch v.Kind {
	case relance.VoucherPercent:
		out.Value = template.Percent(v.Value.Amount, language)
	case relance.VoucherAmount:
		out.Value = template.Money(v.Value, language)
	}
	if v.Minimum.Amount.IsPositive() {
		out.Minimum = template.Money(v.Minimum, language)
	}
	return out
}

// cartData is what the mail says of a cart. PrestaShop gives no link that restores one; the
// shop's cart page shows it to whoever is signed in.
func (a *App) cartData(ctx context.Context, m uuid.UUID, shop *relance.Shop, cart *relance.FactCart, language string, campaignID uuid.UUID) (*template.Cart, error) {
	lines, restore, err := a.Store.CartContent(ctx, m, cart.ID)
	if err != nil {
		return nil, err
	}
	page := strings.TrimRight(shop.URL, "/") + "/cart"
	if shop.Platform == relance.PrestaShop {
		page = strings.TrimRight(shop.URL, "/") + "/index.php?controller=cart&action=show"
	}
	out := &template.Cart{URL: tagged(cmp.Or(restore, page), campaignID)}
	for _, l := range lines {
		out.Lines = append(out.Lines, template.CartLine{Title: l.Title, Quantity: l.Quantity, Price: template.Money(relance.Money{Amount: l.Total, Currency: cart.Currency}, language), ImageURL: l.ImageURL})
	}
	return out, nil
}

// tagged adds the usual marks by which shops' statistics know where a visit comes from.
func tagged(address string, campaignID uuid.UUID) string {
	return taggedBy(address, "email", campaignID)
}

func taggedBy(address, medium string, campaignID uuid.UUID) string {
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return fmt.Sprintf("%s%sutm_source=relance&utm_medium=%s&utm_campaign=%s", address, sep, medium, campaignID)
}

func imprint(s relance.ShopSettings) string {
	return strings.TrimSpace(s.LegalEntity + "\n" + s.Imprint)
}
