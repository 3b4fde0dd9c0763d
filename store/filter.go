package store

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// sqlArgs numbers the parameters of a statement as it is built.
type sqlArgs struct{ list []any }

func (a *sqlArgs) add(v any) string {
	a.list = append(a.list, v)
	return fmt.Sprintf("$%d", len(a.list))
}

// filterSQL translates a filter into a condition on the profile p; $1 is the merchant.
// It is one of the two interpreters of relance.Filter. Values travel as parameters only.
func filterSQL(f *relance.Filter, a *figures) (string, error) { return filterAt(f, a, 0) }

func filterAt(f *relance.Filter, a *figures, depth int) (string, error) {
	if depth > relance.MaxFilterDepth {
		return "", relance.TellField("filter", "FILTER_DEPTH", "most", strconv.Itoa(relance.MaxFilterDepth))
	}
	conds := []string{"true"}
	and := func(c string) { conds = append(conds, c) }
	if s := strings.TrimSpace(f.Search); s != "" {
		words, whole := searchWords(s)
		and("p.id IN (SELECT search_profiles(" + a.add(words) + "::text[], " + a.add(whole) + "::text))")
	}
	if len(f.Labels) > 0 {
		and(`EXISTS (SELECT 1 FROM profile_labels x JOIN labels l ON l.merchant_id = $1 AND l.id = x.label_id
			WHERE x.merchant_id = $1 AND x.profile_id = p.id AND lower(l.name) = ANY(` + a.add(lowered(f.Labels)) + `))`)
	}
	for _, m := range f.Marketing {
		and(marketingSQL(m, a.sqlArgs))
	}
	between(&conds, a.sqlArgs, "p.created_at", f.CreatedBetween)
	if f.LastOrderBetween != nil {
		between(&conds, a.sqlArgs, a.lastOrder(), f.LastOrderBetween)
	}
	if len(f.ShopIDs) > 0 {
		and(a.knownTo(f.ShopIDs))
	}
	if f.OrderCount != nil {
		if f.OrderCount.Min != nil {
			and(a.orderCount() + " >= " + a.add(*f.OrderCount.Min) + "::bigint")
		}
		if f.OrderCount.Max != nil {
			and(a.orderCount() + " < " + a.add(*f.OrderCount.Max) + "::bigint")
		}
	}
	if f.Spent != nil {
		and(a.spentSQL(f.Spent))
	}
	if f.HasAbandonedCart != nil {
		and(not(!*f.HasAbandonedCart) + `coalesce(` + a.oldestCart() + ` <= ` + a.add(a.now) + `::timestamptz - (SELECT m.abandon_after FROM merchants m WHERE m.id = $1), false)`)
	}
	if f.HasMembership != nil {
		and(not(!*f.HasMembership) + `EXISTS (SELECT 1 FROM memberships x WHERE x.merchant_id = $1 AND x.profile_id = p.id AND x.status = 'ACTIVE')`)
	}
	conds = append(conds, workbenchSQL(f, a)...)
	nested, err := nestedSQL(f, a, depth)
	if err != nil {
		return "", err
	}
	return strings.Join(append(conds, nested...), " AND "), nil
}

// workbenchSQL translates conditions on groups, addresses, purchases and letters.
func workbenchSQL(f *relance.Filter, a *figures) (out []string) {
	if len(f.GroupIDs) > 0 {
		out = append(out, "coalesce(p.group_id = ANY("+a.add(f.GroupIDs)+"), false)")
	}
	if len(f.Countries) > 0 {
		out = append(out, a.livesIn(f.Countries))
	}
	if len(f.BoughtCategories) > 0 {
		out = append(out, a.bought("CATEGORY", "category", f.BoughtCategories))
	}
	if len(f.BoughtProducts) > 0 {
		out = append(out, a.bought("PRODUCT", "title", f.BoughtProducts))
	}
	if f.LetterReceived != nil {
		conds := []string{"f.state = 'SENT' AND f.sent_at IS NOT NULL"}
		between(&conds, a.sqlArgs, "f.sent_at", f.LetterReceived)
		out = append(out, gotLetter("", strings.Join(conds, " AND ")))
	}
	if f.PaymentOverdue != nil {
		out = append(out, not(!*f.PaymentOverdue)+a.overdueSQL())
	}
	if f.QRScanned != nil {
		out = append(out, not(!*f.QRScanned)+gotLetter(" JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id AND l.scanned_at IS NOT NULL", "f.state IN ('HELD', 'DUE', 'SENDING', 'SENT', 'UNCERTAIN')"))
	}
	return out
}

// gotLetter asks for letters to any record that the person had when they entered the campaign, as decisions
// know them.
func gotLetter(join, cond string) string {
	return `p.id IN (SELECT i.profile_id FROM follow_ups f` + join + ` JOIN enrolment_members x ON x.merchant_id = $1 AND x.enrolment_id = f.enrolment_id
		JOIN identities i ON i.merchant_id = $1 AND i.customer_id = x.customer_id WHERE f.merchant_id = $1 AND f.channel = 'LETTER' AND ` + cond + `)`
}

// nestedSQL translates and, or, not.
func nestedSQL(f *relance.Filter, a *figures, depth int) (out []string, err error) {
	list := func(fs []relance.Filter, op string) error {
		var parts []string
		for i := range fs {
			c, err := filterAt(&fs[i], a, depth+1)
			if err != nil {
				return err
			}
			parts = append(parts, "("+c+")")
		}
		if len(parts) > 0 {
			out = append(out, "("+strings.Join(parts, op)+")")
		}
		return nil
	}
	if err := list(f.And, " AND "); err != nil {
		return nil, err
	}
	if err := list(f.Or, " OR "); err != nil {
		return nil, err
	}
	if f.Not != nil {
		c, err := filterAt(f.Not, a, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, "NOT coalesce(("+c+"), false)")
	}
	return out, nil
}

func not(negate bool) string {
	if negate {
		return "NOT "
	}
	return ""
}

func between(conds *[]string, a *sqlArgs, col string, r *relance.TimeRange) {
	if r == nil {
		return
	}
	if r.From != nil {
		*conds = append(*conds, col+" >= "+a.add(*r.From))
	}
	if r.To != nil {
		*conds = append(*conds, col+" < "+a.add(*r.To))
	}
}

// knownTo asks for a live record at any of the shops.
func knownTo(a *sqlArgs, shops []uuid.UUID) string {
	list := a.add(shops)
	return `EXISTS (SELECT 1 FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
		WHERE i.merchant_id = $1 AND i.profile_id = p.id AND (c.source_id = ANY(` + list + `) OR c.shop_id = ANY(` + list + `)))`
}

// marketingSQL compares what holds for the profile: the strictest of what was said.
func marketingSQL(m relance.MarketingFilter, a *sqlArgs) string {
	channel, preference, state := a.add(m.Channel), a.add(m.Preference), a.add(m.State)
	exact := `coalesce((SELECT x.state FROM (SELECT DISTINCT ON (c.customer_id) c.state FROM identities i CROSS JOIN LATERAL (SELECT c.customer_id, c.state, c.recorded_at, c.id FROM consents c
			WHERE c.merchant_id = $1 AND c.customer_id = i.customer_id AND c.channel = ` + channel + ` AND c.preference = ` + preference + ` OFFSET 0) c
		WHERE i.merchant_id = $1 AND i.profile_id = p.id ORDER BY c.customer_id, c.recorded_at DESC, c.id DESC) x ORDER BY ` + strictness + ` LIMIT 1), 'UNKNOWN') = ` + state
	if m.State == relance.ConsentUnknown {
		return exact
	}
	// Who never said so is left out before anybody's entries are weighed. By CASE the planner takes those who
	// are left for half, not for one in two hundred: it need not look at everybody to fill a page.
	return `EXISTS (SELECT 1 FROM identities i JOIN consents c ON c.merchant_id = $1 AND c.customer_id = i.customer_id AND c.channel = ` + channel + ` AND c.preference = ` + preference + ` AND c.state = ` + state + `
		WHERE i.merchant_id = $1 AND i.profile_id = p.id) AND CASE WHEN ` + exact + ` THEN true ELSE false END`
}

// latestConsents lists the entry that holds for each record, channel, preference and controller.
const latestConsents = `SELECT DISTINCT ON (c.customer_id, c.channel, c.preference, c.controller) i.profile_id, c.channel, c.preference, c.state, c.since, c.source, c.proof, c.recorded_at, c.id
	FROM identities i JOIN consents c ON c.merchant_id = i.merchant_id AND c.customer_id = i.customer_id`

// latestFirst ends latestConsents, so that the entry kept is the latest.
const latestFirst = ` ORDER BY c.customer_id, c.channel, c.preference, c.controller, c.recorded_at DESC, c.id DESC`

const strictness = `array_position(ARRAY['WITHDRAWN', 'REFUSED', 'PENDING', 'UNKNOWN', 'GRANTED', 'CONFIRMED'], x.state)`

func lowered(list []string) []string {
	return column(list, func(s *string) string { return strings.ToLower(strings.TrimSpace(*s)) })
}

// searchWords prepares a search: folded words, e-mail parts whole, phone numbers as
// digits without their trunk zero; and the whole for order numbers.
func searchWords(s string) (words []string, whole string) {
	whole = strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(s[:min(len(s), 200)], "")))
	if d := phoneDigits(whole); d != "" {
		return []string{d}, whole
	}
	for w := range strings.FieldsSeq(whole) {
		if strings.Contains(w, "@") {
			words = append(words, strings.ToLower(w))
			continue
		}
		words = append(words, strings.Fields(identity.Fold(w))...)
	}
	if len(words) == 0 {
		words = []string{"\x01"} // nothing to look for finds nothing
	}
	if whole == "" {
		whole = "\x01"
	}
	return words[:min(len(words), 8)], whole
}

// printable drops what nobody types, NUL above all, which Postgres refuses.
func printable(r rune) rune {
	if unicode.IsControl(r) && !unicode.IsSpace(r) {
		return -1
	}
	return r
}

// phoneDigits gives the digits of what looks like a phone number, without the zeros
// before them, or "".
func phoneDigits(s string) string {
	s = trunkZero.ReplaceAllString(s, "")
	if strings.Trim(s, "+0123456789 ./-()") != "" {
		return ""
	}
	international := strings.TrimSpace(s)
	if after, ok := strings.CutPrefix(international, "00"); ok {
		international = "+" + after
	}
	if full := identity.Phone(international, ""); full != "" {
		return full[1:] // also where people wrote "+33 06 …"
	}
	if d := strings.TrimLeft(digits(s), "0"); len(d) >= 6 {
		return d
	}
	return ""
}

// trunkZero is the zero that some write between the country and the number, "+33 (0)6".
var trunkZero = regexp.MustCompile(`\(\s*0\s*\)`)
