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

// firstWays hold each person's first way through the campaign: it says in which group they are, as it
// does where they are drawn. passed says that the window is over.
const firstWays = `first AS MATERIALIZED (SELECT DISTINCT ON (w.person) w.person, w.entered_at, w.holdout, coalesce((v.plan->>'holdout_percent')::int, 0) AS percent,
		w.entered_at + make_interval(days => $4) <= $5 AS passed
		FROM ways w JOIN campaign_versions v ON v.merchant_id = $1 AND v.campaign_id = $2 AND v.version = w.version ORDER BY w.person, w.entered_at, w.id),
	bought AS MATERIALIZED (SELECT f.person, o.currency, count(*) FILTER (WHERE o.counted) AS orders, coalesce(sum(o.net) FILTER (WHERE o.paid), 0) AS revenue
		FROM first f JOIN orders o ON o.profile_id = f.person AND o.placed_at > f.entered_at AND o.placed_at <= f.entered_at + make_interval(days => $4) AND ` + isSold + `
		WHERE f.passed AND f.percent > 0 GROUP BY 1, 2)`

// queueGroups counts the groups by the percentage that was held out, and sums what they spent.
func (r *resultsReader) queueGroups(b *pgx.Batch) {
	var g comparedGroup
	b.Queue(`WITH `+ways+`, `+firstWays+`
		SELECT f.percent, f.holdout, count(*) FILTER (WHERE f.passed), count(*) FILTER (WHERE NOT f.passed), count(*) FILTER (WHERE b.orders > 0)
		FROM first f LEFT JOIN (SELECT person, sum(orders) AS orders FROM bought GROUP BY 1) b ON b.person = f.person GROUP BY 1, 2 ORDER BY 1, 2`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&g.percent, &g.holdout, &g.People, &g.Pending, &g.Ordered}, func() error {
			r.groups = append(r.groups, g)
			return nil
		})
		return err
	})
	var x relance.GroupRevenue
	b.Queue(`WITH `+ways+`, `+firstWays+`
		SELECT f.percent, f.holdout, b.currency, count(*) FILTER (WHERE b.revenue <> 0), sum(b.revenue), sum(b.revenue * b.revenue)
		FROM bought b JOIN first f ON f.person = b.person GROUP BY 1, 2, 3 HAVING count(*) FILTER (WHERE b.revenue <> 0) > 0 ORDER BY 1, 2, 3`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&g.percent, &g.holdout, &x.Currency, &x.Buyers, &x.Sum, &x.Squares}, func() error {
			i := slices.IndexFunc(r.groups, func(o comparedGroup) bool { return o.percent == g.percent && o.holdout == g.holdout })
			r.groups[i].Revenue = append(r.groups[i].Revenue, x)
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
