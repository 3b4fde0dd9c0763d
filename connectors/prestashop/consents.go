package prestashop

import (
	"context"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// consentPage is how many customers a page of the newsletter pass looks through.
const consentPage = 1000

// consentRow is what the newsletter pass reads of a customer.
type consentRow struct {
	ID             text `json:"id"`
	Newsletter     text `json:"newsletter"`
	OptIn          text `json:"optin"`
	NewsletterDate text `json:"newsletter_date_add"`
}

func (r consentRow) number() int64   { return idRow{r.ID}.number() }
func (r consentRow) changedAt() text { return "" }

// pullConsents is the newsletter pass: the shop's own newsletter block changes a
// customer's choice without touching date_upd, so each pass looks at everybody. Next
// of the last page is the beginning again.
func (c *Connector) pullConsents(ctx context.Context, after relance.Cursor) (connectors.Page, error) {
	cur := cursor{Version: cursorVersion, Phase: phaseAll}
	if after != "" {
		var err error
		if cur, err = parseCursor(after); err != nil {
			return connectors.Page{}, err
		}
	}
	r, err := c.newRun(ctx, &cur)
	if err != nil {
		return connectors.Page{}, err
	}
	got, done, err := walkAll[consentRow](ctx, c.client, listing{resource: "customers",
		fields: []string{"id", "newsletter", "optin", "newsletter_date_add"}}, &cur, consentPage)
	if err != nil {
		return connectors.Page{}, err
	}
	r.page.Rejected = rejected(relance.KindConsents, got.bad)
	seen := map[int64]bool{}
	for _, row := range got.rows {
		v := &reader{clock: r.refs.clock}
		id := v.id("id", row.ID)
		list := consents(v, row.Newsletter, row.NewsletterDate, row.OptIn)
		switch {
		case v.failed() || id == 0:
			v.fail("id", "ID_MISSING")
			r.page.Rejected = append(r.page.Rejected, v.reject(relance.KindConsents, id))
		case !seen[id]:
			seen[id] = true
			r.page.Consents = append(r.page.Consents, relance.ConsentChange{CustomerID: ref(id), ReadAt: got.readAt, Consents: list})
		}
	}
	r.page.Missing = r.missing.found
	r.page.Done = done
	if !done {
		r.page.Next = cur.String()
	}
	return *r.page, nil
}

// consents reads a customer's two choices. The newsletter is e-mail marketing, given
// by one click. Where it is off, newsletter_date_add tells whether it ever was on: the
// shop keeps that date when somebody unsubscribes, and it is the date of the sign-up,
// so the withdrawal itself bears none. Never asked is UNKNOWN, not refused. optin is
// the consent to offers of the shop's partners.
func consents(v *reader, newsletter, date, optin text) []relance.Consent {
	mail := relance.Consent{Channel: relance.ChannelEmail, State: relance.ConsentUnknown, Source: "prestashop:newsletter"}
	since := v.at("newsletter_date_add", date)
	switch {
	case v.bool("newsletter", newsletter):
		mail.State, mail.Since = relance.ConsentGranted, since
	case since != nil:
		mail.State = relance.ConsentWithdrawn
	}
	partners := relance.Consent{Channel: relance.ChannelEmail, Preference: "partners", State: relance.ConsentUnknown, Source: "prestashop:optin"}
	if v.bool("optin", optin) {
		partners.State = relance.ConsentGranted
	}
	return []relance.Consent{mail, partners}
}
