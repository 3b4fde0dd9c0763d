package store

import (
	"cmp"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// variantGroup is a group of those for whom a variant of a step was decided under one share.
type variantGroup struct {
	step    string
	share   int
	variant relance.MessageVariant
	relance.ComparedGroup
}

// firstMessages hold each person's first message of a step in two variants, with the share by which
// it was drawn. It counts from there on, sent or not, or the groups would not be alike.
const firstMessages = `shares AS MATERIALIZED (SELECT v.version, s->>'key' AS step_key, (s->'b'->>'share')::int AS share FROM campaign_versions v, jsonb_array_elements(v.plan->'steps') s
		WHERE v.merchant_id = $1 AND v.campaign_id = $2 AND s->'b' IS NOT NULL),
	earliest AS (SELECT DISTINCT ON (f.step_key, w.person) f.step_key, f.variant, w.person, w.version, coalesce(f.sent_at, f.created_at) AS at
		FROM follow_ups f JOIN ways w ON w.id = f.enrolment_id WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND f.variant <> '' ORDER BY f.step_key, w.person, f.id),
	first AS MATERIALIZED (SELECT e.step_key, e.variant, e.person, e.at, s.share, e.at + make_interval(days => $4) <= $5 AS passed FROM earliest e JOIN shares s ON s.version = e.version AND s.step_key = e.step_key),
	bought AS MATERIALIZED (SELECT f.step_key, f.share, f.variant, f.person, o.currency, count(*) FILTER (WHERE o.counted) AS orders, coalesce(sum(o.net) FILTER (WHERE o.paid), 0) AS revenue,
			coalesce(sum(g.net - g.cost), 0) AS margin, coalesce(sum(g.pieces), 0) AS pieces, coalesce(sum(g.known), 0) AS known
		FROM first f JOIN orders o ON o.profile_id = f.person AND o.placed_at > f.at AND o.placed_at <= f.at + make_interval(days => $4) AND ` + isSold + goods + `
		WHERE f.passed GROUP BY 1, 2, 3, 4, 5)`

// queueVariants counts the messages of variants, and the people who got them as [queueGroups] does.
func (r *resultsReader) queueVariants(b *pgx.Batch) {
	var step string
	var variant relance.MessageVariant
	var n relance.VariantFigures
	b.Queue(`SELECT f.step_key, f.variant, count(*) FILTER (WHERE f.state = 'SENT'), count(*) FILTER (WHERE f.state = 'BOUNCED'), count(*) FILTER (WHERE v.state = 'REDEEMED')
		FROM follow_ups f LEFT JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id
		WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND f.variant <> '' AND ($3::uuid[] IS NULL OR f.shop_id = ANY($3)) AND ($4::int IS NULL OR true) AND ($5::timestamptz IS NULL OR true)
		GROUP BY 1, 2`, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&step, &variant, &n.Sent, &n.Bounced, &n.Redeemed}, func() error {
			*r.variant(step, variant) = n
			return nil
		})
		return err
	})
	b.Queue(`WITH `+ways+`, `+firstMessages+`, `+perPerson("f.step_key, f.share, f.variant, f.person", "at")+`,
			buyers AS (SELECT step_key, person FROM bought WHERE orders > 0 GROUP BY 1, 2)
		SELECT f.step_key, f.share, f.variant, '', count(*) FILTER (WHERE f.passed), count(*) FILTER (WHERE NOT f.passed), count(b.person), `+noSums+`
			FROM first f LEFT JOIN buyers b ON b.person = f.person AND b.step_key = f.step_key GROUP BY 1, 2, 3
		UNION ALL SELECT step_key, share, variant, currency, 0, 0, `+eachSums+`
			FROM each GROUP BY 1, 2, 3, 4 HAVING count(*) FILTER (WHERE revenue <> 0 OR margin <> 0 OR pieces <> 0) > 0 ORDER BY 1, 2, 3, 4`, r.args...).Query(func(rows pgx.Rows) error {
		var g variantGroup
		var x groupSums
		var currency string
		_, err := pgx.ForEachRow(rows, append([]any{&g.step, &g.share, &g.variant, &currency, &g.People, &g.Pending}, x.into()...), func() error {
			if currency == "" {
				g.Ordered = x.revenue.Buyers
				r.drawn = append(r.drawn, g)
				return nil
			}
			x.add(&r.drawn[len(r.drawn)-1].ComparedGroup, currency)
			return nil
		})
		return err
	})
}

// variant is where the figures of a step's variant stand.
func (r *resultsReader) variant(step string, v relance.MessageVariant) *relance.VariantFigures {
	s := r.step(step)
	if s.Variants == nil {
		s.Variants = &relance.VariantResults{}
	}
	if v == relance.VariantB {
		return &s.Variants.B
	}
	return &s.Variants.A
}

// pickVariants takes for each step the share by which most people got B.
func (r *resultsReader) pickVariants() {
	for i := range r.out.Steps {
		s := &r.out.Steps[i]
		drawn := slices.DeleteFunc(slices.Clone(r.drawn), func(g variantGroup) bool { return g.step != s.Key })
		if s.Variants == nil || len(drawn) == 0 {
			continue
		}
		b := func(g variantGroup) int {
			if g.variant != relance.VariantB {
				return -1
			}
			return g.People + g.Pending
		}
		best := slices.MaxFunc(drawn, func(x, y variantGroup) int { return cmp.Or(cmp.Compare(b(x), b(y)), cmp.Compare(x.share, y.share)) })
		s.Variants.SharePercent = best.share
		for _, g := range drawn {
			if g.share != best.share {
				s.Variants.LeftOut += g.People + g.Pending
				continue
			}
			r.variant(s.Key, g.variant).ComparedGroup = g.ComparedGroup
		}
	}
}
