package store

import (
	"cmp"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// comparedGroup is a group of those who entered first while a percentage was held out.
type comparedGroup struct {
	percent int
	holdout bool
	relance.ComparedGroup
}

// firstWays hold each person's first way through the campaign: it says in which group they are, as
// it does where they are drawn. passed says that the window is over.
const firstWays = `percents AS MATERIALIZED (SELECT version, coalesce((plan->>'holdout_percent')::int, 0) AS percent FROM campaign_versions WHERE merchant_id = $1 AND campaign_id = $2),
	earliest AS (SELECT DISTINCT ON (person) person, version, entered_at, holdout FROM ways ORDER BY person, entered_at, id),
	first AS MATERIALIZED (SELECT f.person, f.entered_at, f.holdout, p.percent, f.entered_at + make_interval(days => $4) <= $5 AS passed FROM earliest f JOIN percents p ON p.version = f.version),
	bought AS MATERIALIZED (SELECT f.person, f.percent, f.holdout, o.currency, count(*) FILTER (WHERE o.counted) AS orders, coalesce(sum(o.net) FILTER (WHERE o.paid), 0) AS revenue,
			coalesce(sum(g.net - g.cost), 0) AS margin, coalesce(sum(g.pieces), 0) AS pieces, coalesce(sum(g.known), 0) AS known
		FROM first f JOIN orders o ON o.profile_id = f.person AND o.placed_at > f.entered_at AND o.placed_at <= f.entered_at + make_interval(days => $4) AND ` + isSold + goods + `
		WHERE f.passed AND f.percent > 0 GROUP BY 1, 2, 3, 4)`

// queueGroups counts the groups by the percentage that was held out, and sums what they spent: a
// row for each group, followed by one for each of its currencies.
func (r *resultsReader) queueGroups(b *pgx.Batch) {
	b.Queue(`WITH `+ways+`, `+firstWays+`, `+perPerson("f.person, f.percent, f.holdout", "entered_at")+`,
			buyers AS (SELECT person FROM bought WHERE orders > 0 GROUP BY 1)
		SELECT f.percent, f.holdout, '', count(*) FILTER (WHERE f.passed), count(*) FILTER (WHERE NOT f.passed), count(b.person), `+noSums+`
			FROM first f LEFT JOIN buyers b ON b.person = f.person GROUP BY 1, 2
		UNION ALL SELECT percent, holdout, currency, 0, 0, `+eachSums+`
			FROM each WHERE percent > 0 GROUP BY 1, 2, 3 HAVING count(*) FILTER (WHERE revenue <> 0 OR margin <> 0 OR pieces <> 0) > 0 ORDER BY 1, 2, 3`, r.args...).Query(func(rows pgx.Rows) error {
		var g comparedGroup
		var x groupSums
		var currency string
		_, err := pgx.ForEachRow(rows, append([]any{&g.percent, &g.holdout, &currency, &g.People, &g.Pending}, x.into()...), func() error {
			if currency == "" {
				g.Ordered = x.revenue.Buyers
				r.groups = append(r.groups, g)
				return nil
			}
			x.add(&r.groups[len(r.groups)-1].ComparedGroup, currency)
			return nil
		})
		return err
	})
}

// pickComparison takes the percentage by which most people were held out; of equal ones the
// greater.
func pickComparison(groups []comparedGroup) (c relance.Comparison) {
	held := func(g comparedGroup) int { // people of the holdout; none at all where nobody was drawn
		if !g.holdout || g.percent == 0 {
			return -1
		}
		return g.People + g.Pending
	}
	if len(groups) == 0 {
		return c
	}
	best := slices.MaxFunc(groups, func(a, b comparedGroup) int {
		return cmp.Or(cmp.Compare(held(a), held(b)), cmp.Compare(a.percent, b.percent))
	})
	c.HoldoutPercent = best.percent
	for _, g := range groups {
		switch {
		case g.percent == 0 || g.percent != c.HoldoutPercent:
			c.LeftOut += g.People + g.Pending
		case g.holdout:
			c.Holdout = g.ComparedGroup
		default:
			c.Treated = g.ComparedGroup
		}
	}
	return c
}
