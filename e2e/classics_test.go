package e2e_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
)

// checkClassics compares the recipients of the ready campaigns, on the day after the data set
// ends, with SQL that was written for this test alone.
func checkClassics(t *testing.T, w *world, url string, shops ...uuid.UUID) {
	t.Helper()
	w.app.Now = func() time.Time { return time.Date(2011, 12, 10, 12, 0, 0, 0, time.UTC) }
	country, sender, notice := "GB", "shop@maison.example", time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, shop := range shops {
		must(t, w.app.ChangeShopSettings(t.Context(), w.merchant, shop, relance.ShopSettingsChange{SenderEmail: &sender, Country: &country, NoticeSince: &notice}, "test"))
	}
	db, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer func() { _ = db.Close(t.Context()) }()
	const reachable = ` AND EXISTS (SELECT 1 FROM identities i JOIN customers c ON c.id = i.customer_id JOIN addresses a ON a.customer_id = c.id
		WHERE i.profile_id = o.profile_id AND c.email <> '' AND a.country_code IN ('AT', 'BE', 'CH', 'DE', 'ES', 'FR', 'GB', 'IT', 'LU', 'NL'))`
	for kind, want := range map[relance.TriggerKind]string{
		relance.TriggerAbandonedCart: `SELECT count(DISTINCT profile_id) FROM carts o WHERE NOT ordered AND deleted_at IS NULL AND active_at BETWEEN '2011-12-03 12:00Z' AND '2011-12-10 08:00Z'` + reachable,
		relance.TriggerOrderPlaced: `SELECT count(DISTINCT o.profile_id) FROM orders o WHERE o.counted AND NOT o.not_validated AND o.placed_at BETWEEN '2011-10-26 12:00Z' AND '2011-11-10 12:00Z'
			AND NOT EXISTS (SELECT 1 FROM orders x WHERE x.profile_id = o.profile_id AND x.state <> 'CANCELLED' AND x.placed_at > o.placed_at)` + reachable,
		relance.TriggerBestCustomer: `SELECT count(*) FROM (SELECT DISTINCT ON (profile_id) profile_id, placed_at FROM (
				SELECT profile_id, placed_at, id, sum(net) OVER (PARTITION BY profile_id ORDER BY placed_at, id) AS so_far FROM orders
				WHERE counted AND paid AND profile_id IS NOT NULL AND placed_at >= '2011-09-11 12:00Z') r WHERE so_far >= 300 ORDER BY profile_id, placed_at, id) o
			WHERE placed_at >= '2011-10-11 12:00Z'` + reachable,
		relance.TriggerInactiveCustomer: `SELECT count(*) FROM (SELECT profile_id, max(placed_at) AS last, bool_or(counted) AS bought FROM orders WHERE profile_id IS NOT NULL GROUP BY 1) o
			WHERE bought AND last + interval '180 days' BETWEEN '2011-10-11 12:00Z' AND '2011-12-10 12:00Z'` + reachable,
	} {
		var n int
		must(t, db.QueryRow(t.Context(), want).Scan(&n))
		p, err := w.app.Preview(t.Context(), w.merchant, classic(t, w, kind), 0)
		must(t, err)
		if p.Sends != n {
			t.Errorf("%s: %d would get a message, want %d (%+v)", kind, p.Sends, n, p)
		} else {
			t.Logf("%s: %d of %d people would get a message; not %v", kind, p.Sends, p.People, p.Refused)
		}
	}
}

// classic saves a ready campaign as it comes, but for the group held out and for reaching back.
func classic(t *testing.T, w *world, kind relance.TriggerKind) uuid.UUID {
	t.Helper()
	for _, c := range campaign.Classics("GBP") {
		if c.Plan.Trigger.Kind == kind {
			c.Plan.HoldoutPercent, c.Plan.ReachBack = 0, true
			saved, err := w.app.CreateCampaign(t.Context(), w.merchant, c.Name, c.Plan, "test")
			must(t, err)
			return saved.ID
		}
	}
	t.Fatalf("there is no ready campaign for %s", kind)
	return uuid.Nil
}
