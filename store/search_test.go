package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// find gives the external ids of who a filter finds.
func (l *lab) find(f relance.Filter) []string {
	l.Helper()
	page, err := l.s.Profiles(l.ctx, l.m, relance.ProfileQuery{Paging: relance.Paging{First: 250, Total: true}, Filter: f, Now: noon, Want: relance.ProfileWant{Records: true}})
	l.ok(err)
	var out []string
	for _, p := range page.Profiles {
		for _, r := range p.Records {
			out = append(out, r.ExternalID)
		}
	}
	if int(*page.Total) != len(page.Profiles) {
		l.Errorf("counted %d, listed %d", *page.Total, len(page.Profiles))
	}
	slices.Sort(out)
	return out
}

func TestSearch(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	person := func(id, first, last string, more func(*relance.Customer)) relance.Customer {
		return customer(id, func(c *relance.Customer) { c.FirstName, c.LastName = first, last; more(c) })
	}
	rows := customers(
		person("muller", "Änna", "Müller-Lüdenscheidt", func(c *relance.Customer) { c.Email, c.Phone = "Anna.Mueller@Example.com", "+33 6 12 34 56 78" }),
		person("durand", "Paul", "Durand", func(c *relance.Customer) {
			c.Company, c.Phone, c.CustomerNumber = "Société Générale des Thés", "06 98 76 54 32", "K-2024/77"
			c.Addresses = []relance.Address{{ExternalID: "1", Kind: "HOME", City: "Besançon", CountryCode: "FR"}}
		}),
		person("hundred", "Odd", "100%_sure\\", func(c *relance.Customer) {}),
		person("strasse", "Otto", "Weißstraße", func(c *relance.Customer) {}))
	rows.Orders = []relance.Order{order("1", "durand", "10", func(o *relance.Order) { o.Number = "XKBKNABJK" }),
		order("2", "muller", "10", func(o *relance.Order) { o.Number = "R000123" })}
	l.give(0, rows)
	for search, want := range map[string]string{
		"müller":                     "muller",
		"MULLER":                     "muller",
		"Lüdenscheid":                "muller",
		"anna muller":                "muller",
		"muller anna":                "muller",
		"mulller":                    "muller", // a typing error
		"Anna Durand":                "",       // both words must fit
		"anna.mueller@":              "muller",
		"anna.mueller@example.com":   "muller",
		"ANNA.MUELLER@EXAMPLE.COM":   "muller",
		"+33612345678":               "muller",
		"0612345678":                 "muller",
		"06 12 34 56 78":             "muller",
		"0033612345678":              "muller",
		"+33698765432":               "durand", // stored without the country
		"0698765432":                 "durand",
		"societe thes":               "durand",
		"besancon":                   "durand",
		"K-2024/77":                  "durand",
		"XKBKN":                      "durand",
		"xkbknabjk":                  "durand",
		"R000123":                    "muller",
		"R0001":                      "muller",
		"100%":                       "hundred",
		"%":                          "",
		"_":                          "",
		`\`:                          "",
		"'":                          "",
		"'; DROP TABLE profiles; --": "",
		"000000":                     "",
		"\x00":                       "",
		"\x00muller":                 "muller",
		"weissstrasse":               "strasse",
		"Weißstr":                    "strasse",
		"zzzzzzzz":                   "",
		"\u202emuller":               "muller",
		strings.Repeat("é", 5000):    "",
		strings.Repeat("q ", 500):    "",
		"日本":                         "",
	} {
		got := strings.Join(l.find(relance.Filter{Search: search}), " ")
		if got != want {
			if len(search) > 40 {
				search = search[:40] + "…"
			}
			t.Errorf("search %q finds %q, want %q", search, got, want)
		}
	}
	if diff := cmp.Diff([]string{"durand", "hundred", "muller", "strasse"}, l.find(relance.Filter{Search: "  "})); diff != "" {
		t.Errorf("an empty search is no condition (-want +got):\n%s", diff)
	}
}

// wrote has a campaign write to a customer, with a voucher and, where reference is given, as a letter. It
// gives the message.
func (l *lab) wrote(campaign uuid.UUID, customer, code, reference string, more ...string) uuid.UUID {
	l.Helper()
	var record uuid.UUID
	l.ok(l.as("", func(tx pgx.Tx) error {
		return tx.QueryRow(l.ctx, `SELECT id FROM customers WHERE merchant_id = $1 AND source_id = $2 AND external_id = $3`, l.m, l.shops[0], customer).Scan(&record)
	}))
	return l.wroteTo(campaign, record, code, reference, more...)
}

// wroteTo is wrote for a record.
func (l *lab) wroteTo(campaign, record uuid.UUID, code, reference string, more ...string) (message uuid.UUID) {
	l.Helper()
	l.ok(l.as("", func(tx pgx.Tx) (err error) {
		message, err = l.write(tx, campaign, record, code, reference, more...)
		return err
	}))
	return message
}

func (l *lab) write(tx pgx.Tx, campaign, record uuid.UUID, code, reference string, more ...string) (message uuid.UUID, err error) {
	message = uuid.Must(uuid.NewV7())
	channel := relance.ChannelEmail
	if reference != "" {
		channel = relance.ChannelLetter
	}
	var profile, way, printer uuid.UUID
	if err := tx.QueryRow(l.ctx, `SELECT profile_id FROM identities WHERE merchant_id = $1 AND customer_id = $2`, l.m, record).Scan(&profile); err != nil {
		return message, err
	}
	way, printer = uuid.New(), uuid.New()
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO enrolments (merchant_id, id, campaign_id, instance_key, profile_id, version, event_at, entered_at, holdout) VALUES ($1, $2, $3, $4, $5, 1, $6, $6, false)`, l.m, way, campaign, "profile:"+way.String(), profile, noon)
	b.Queue(`INSERT INTO enrolment_members (merchant_id, customer_id, enrolment_id) VALUES ($1, $2, $3)`, l.m, record, way)
	b.Queue(`INSERT INTO follow_ups (merchant_id, id, enrolment_id, campaign_id, step_key, profile_id, customer_id, shop_id, channel, state, due_at, expires_at, next_at, created_at, sent_at)
			VALUES ($1, $2, $3, $4, 'a', $5, $6, $7, $8, 'SENT', $9, $9, $9, $9, $9)`, l.m, message, way, campaign, profile, record, l.shops[0], channel, noon)
	b.Queue(`INSERT INTO vouchers (merchant_id, follow_up_id, shop_id, code, kind, value, minimum, currency, valid_from, valid_until, state) VALUES ($1, $2, $3, $4, 'PERCENT', 10, 0, 'EUR', $5, $5, 'ISSUED')`, l.m, message, l.shops[0], code, noon)
	if reference != "" {
		b.Queue(`INSERT INTO printers (merchant_id, id, kind, name, posts_from, created_at) VALUES ($1, $2, 'HAND', 'The printer', 'FR', $3)`, l.m, printer, noon)
		b.Queue(`INSERT INTO letters (merchant_id, follow_up_id, code, printer_id, state, recipient, country, address_key, language, layout, pages, file, made_at) VALUES ($1, $2, $3, $4, 'POSTED', '{A}', 'FR', 'x', 'fr', 'x', 1, '\x00', $5)`,
			l.m, message, reference, printer, noon)
	}
	for _, later := range more { // a later step with the same voucher
		b.Queue(`INSERT INTO follow_ups (merchant_id, id, enrolment_id, campaign_id, step_key, profile_id, customer_id, shop_id, channel, state, due_at, expires_at, next_at, created_at, sent_at, voucher_from)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'EMAIL', 'SENT', $9, $9, $9, $9, $9, $10)`, l.m, uuid.Must(uuid.NewV7()), way, campaign, later, profile, record, l.shops[0], noon, message)
	}
	return message, tx.SendBatch(l.ctx, b).Close()
}

// Somebody on the telephone reads out what is on the letter in their hand.
func TestSearchByCode(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(customer("one", nil), customer("two", nil), customer("many", nil)))
	campaign, err := l.s.AddCampaign(l.ctx, l.m, "C", relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerOneTime}}, "tester", noon)
	l.ok(err)
	first := l.wrote(campaign, "one", "MERCI-ABCD-2345", "WXYZ6789", "b")
	l.wrote(campaign, "two", "MERCI-EFGH-ABCD", "")
	other := l.tenant(t)
	other.give(0, customers(customer("one", nil)))
	for i := range 51 {
		l.wrote(campaign, "many", fmt.Sprintf("COMMON-%04d", i), "")
	}
	for search, want := range map[string]string{
		"MERCI-ABCD-2345": "one", "merci abcd 2345": "one", "abcd2345": "one", "D-23": "", "d234": "one", "ABCD": "one two", "EFGH": "two", "WXYZ6789": "one", "wxyz 67": "one",
		"ABC": "", "COMMON": "", "common-0007": "many", "MERCI%": "", "MER_I": "", "ZZZZ": "",
	} {
		if got := strings.Join(l.find(relance.Filter{Search: search}), " "); got != want {
			t.Errorf("search %q finds %q, want %q", search, got, want)
		}
		if got := other.find(relance.Filter{Search: search}); len(got) > 0 {
			t.Errorf("search %q finds %q at another merchant", search, got)
		}
	}
	of := func(code string, shops ...uuid.UUID) *relance.FollowUpPage {
		page, err := l.s.FollowUps(l.ctx, l.m, relance.FollowUpQuery{Paging: relance.Paging{First: 10}, Code: code, ShopIDs: shops})
		l.ok(err)
		return page
	}
	if got := of("abcd 2345"); len(got.FollowUps) != 2 || got.FollowUps[1].ID != first || got.FollowUps[0].StepKey != "b" || got.FollowUps[0].Voucher.Code != "MERCI-ABCD-2345" {
		t.Errorf("the messages with a voucher: %+v", got.FollowUps)
	}
	if got := of("abcd 2345", l.shops[1]); len(got.FollowUps) > 0 {
		t.Errorf("somebody limited to another shop finds %d messages", len(got.FollowUps))
	}
	if got := of("nothing\x00"); len(got.FollowUps) > 0 {
		t.Errorf("nothing finds %d messages", len(got.FollowUps))
	}
}

func TestSearchByPhoneInAnyNotation(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(customer("a", func(c *relance.Customer) { c.Phone = "+33612345678" }), customer("b", func(c *relance.Customer) { c.Phone = "+491701234567" })))
	for search, want := range map[string]string{
		"0033 (0)6 12 34 56 78": "a", "06.12.34.56.78": "a", "+33 (0)6-12-34-56-78": "a", "+33 06 12 34 56 78": "a", "0033 06 12 34 56 78": "a", "(+33) 6 12345678": "a", "6 12 34 56 78": "a",
		"06/12/34/56/78": "a", "612345": "a", "0170 1234567": "b", "0049 (0) 170 / 1234567": "b", "+4917012": "b", "0699999999": "",
	} {
		if got := strings.Join(l.find(relance.Filter{Search: search}), " "); got != want {
			t.Errorf("search %q finds %q, want %q", search, got, want)
		}
	}
}
