package campaign

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// The guards of an e-mail that somebody of the merchant sends by hand, on request: what is law, and
// what nobody can be reached by. How often somebody may be written to is a rule for campaigns.
var byHandGuards = []guard{doNotContact, addressed, mailbox, sender, consent} //nolint:gochecknoglobals // a table

// ByHand judges whether an e-mail of a shop may go to a record of the person because somebody asked
// for it.
func ByHand(f *relance.Facts, shop, customer uuid.UUID, now time.Time) relance.Decision {
	s := &situation{campaign: &relance.Campaign{}, plan: &relance.Plan{}, facts: f, in: relance.Instance{ShopID: shop, At: now}, now: now, due: now}
	d := relance.Decision{Instance: s.in}
	if f.Merchant.Rules.StoppedAt != nil {
		return wait(d, now.Add(pauseLook), relance.ReasonSendingStopped)
	}
	if s.record = s.recordByID(customer); s.record == nil || s.record.Deleted {
		return refuse(d, relance.ReasonNoAddress)
	}
	reason := s.first(byHandGuards)
	d.Recipient, d.Channel = s.to, relance.ChannelEmail
	if reason != "" {
		return refuse(d, reason)
	}
	d.Verdict = relance.VerdictSend
	return d
}

// OptIn judges whether an e-mail may go to a record that asks the person to confirm a consent: it is
// no advertising. lift says that the person asks for it though they objected before.
func OptIn(f *relance.Facts, shop, customer uuid.UUID, lift bool, now time.Time) relance.Decision {
	s := &situation{campaign: &relance.Campaign{}, plan: &relance.Plan{}, facts: f, in: relance.Instance{ShopID: shop, At: now}, now: now, due: now}
	d := relance.Decision{Instance: s.in, Channel: relance.ChannelEmail}
	if f.Merchant.Rules.StoppedAt != nil {
		return wait(d, now.Add(pauseLook), relance.ReasonSendingStopped)
	}
	if s.record = s.recordByID(customer); s.record == nil || s.record.Deleted {
		return refuse(d, relance.ReasonNoAddress)
	}
	reason := s.first([]guard{doNotContact, restricted, addressed, mailbox, sender})
	if reason == relance.ReasonObjected && lift {
		if reason = sender(s); slices.ContainsFunc(f.Stopped, func(x relance.FactStopped) bool {
			return x.Reason == relance.StoppedByBounce && strings.EqualFold(x.Email, s.to.Email)
		}) {
			reason = relance.ReasonBounced
		}
	}
	if d.Recipient = s.to; reason != "" {
		return refuse(d, reason)
	}
	d.Verdict = relance.VerdictSend
	return d
}

// RecordAt is the record by which a shop knows the person: the one that ordered last there, else the
// newest; nil where it does not know them.
func RecordAt(f *relance.Facts, shop uuid.UUID) *relance.FactRecord {
	s := &situation{facts: f}
	return s.recordOf(relance.Instance{ShopID: shop})
}

// GoodwillTexts is what accompanies a voucher that somebody gave by hand, or that is told once more
// because its end is another.
func GoodwillTexts() map[string]relance.EmailText {
	return map[string]relance.EmailText{
		"en": {Subject: "Your voucher from {{ shop.name }}", Body: "{{ greeting }},\n\nas agreed, here is your voucher for {{ shop.name }}. It is good until {{ voucher.until }} and works once.\n\n[To the shop]({{ shop.url }})\n\nIf something is unclear, just reply to this e-mail."},
		"fr": {Subject: "Votre bon de réduction chez {{ shop.name }}", Body: "{{ greeting }},\n\ncomme convenu, voici votre bon de réduction chez {{ shop.name }}. Il est valable une fois, jusqu’au {{ voucher.until }}.\n\n[Vers la boutique]({{ shop.url }})\n\nUne question\u00a0? Répondez simplement à cet e-mail."},
		"de": {Subject: "Ihr Gutschein von {{ shop.name }}", Body: "{{ greeting }},\n\nwie besprochen ist hier Ihr Gutschein für {{ shop.name }}. Er gilt einmal, bis zum {{ voucher.until }}.\n\n[Zum Shop]({{ shop.url }})\n\nWenn etwas unklar ist, antworten Sie einfach auf diese E-Mail."},
	}
}
