package main

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/smtptest"
	"github.com/relance/relance/template"
	"github.com/relance/relance/workers"
)

//go:embed people.sql
var peopleSQL string

// workingMorning is the time of the follow-ups: a Tuesday at which messages go out.
var workingMorning = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// measureDeciding judges everybody for the four classic events, and the people of one day, each
// beside the bare SQL that reads the same people with the columns that decisions read.
func (r *rig) measureDeciding(ctx context.Context) error {
	w, err := r.newWorld(ctx, r.small)
	if err != nil {
		return err
	}
	defer w.store.Close()
	w.app.Now = func() time.Time { return workingMorning }
	conn, err := pgx.Connect(ctx, w.url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	fill := strings.NewReplacer("$M$", w.merchant.String(), "$S$", w.shop.String(), "$N$", strconv.Itoa(r.people), "$NOW$", workingMorning.Format(time.RFC3339)).Replace(peopleSQL)
	if _, err := conn.Exec(ctx, fill); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	if err := w.readyToSend(ctx); err != nil {
		return err
	}
	fmt.Printf("\nDeciding over %d people (median of %d, spread)\n", r.people, r.runs)
	if err := r.decideInFull(ctx, w, conn); err != nil {
		return err
	}
	return r.decideOneDay(ctx, w, conn)
}

// readyToSend gives the shop what it needs to write.
func (w *world) readyToSend(ctx context.Context) error {
	sender, country, legal, notice := "shop@maison.example", "FR", "Maison SARL", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	return w.store.ChangeShopSettings(ctx, w.merchant, w.shop, relance.ShopSettingsChange{SenderEmail: &sender, Country: &country, LegalEntity: &legal, NoticeSince: &notice}, w.app.Now())
}

// classics saves the ready campaigns as they come, but for reaching back.
func (w *world) classics(ctx context.Context) (map[relance.TriggerKind]uuid.UUID, error) {
	out := map[relance.TriggerKind]uuid.UUID{}
	for _, c := range campaign.Classics("EUR") {
		c.Plan.ReachBack = true
		id, err := w.store.AddCampaign(ctx, w.merchant, c.Name, c.Plan, "bench", w.app.Now())
		if err != nil {
			return nil, err
		}
		out[c.Plan.Trigger.Kind] = id
	}
	return out, nil
}

func (r *rig) decideInFull(ctx context.Context, w *world, conn *pgx.Conn) error {
	ids, err := w.classics(ctx)
	if err != nil {
		return err
	}
	for kind, candidates := range map[relance.TriggerKind]string{
		relance.TriggerAbandonedCart:    `EXISTS (SELECT 1 FROM carts c WHERE c.merchant_id = $1 AND c.profile_id = p.id AND NOT c.ordered AND c.deleted_at IS NULL AND c.active_at >= $2::timestamptz - interval '7 days')`,
		relance.TriggerOrderPlaced:      `EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL AND o.placed_at >= $2::timestamptz - interval '45 days')`,
		relance.TriggerBestCustomer:     `EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL AND o.placed_at >= $2::timestamptz - interval '61 days')`,
		relance.TriggerInactiveCustomer: `p.last_order_at BETWEEN $2::timestamptz - interval '241 days' AND $2::timestamptz - interval '179 days'`} {
		var bare, product []float64
		var last *relance.Preview
		for range r.runs {
			took, err := readAll(ctx, conn, w.merchant, `SELECT p.id FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND `+candidates, workingMorning)
			if err != nil {
				return err
			}
			began := time.Now()
			if last, err = w.app.Preview(ctx, w.merchant, ids[kind], 0); err != nil {
				return err
			}
			bare, product = append(bare, took.Seconds()), append(product, time.Since(began).Seconds())
		}
		atMost(fmt.Sprintf("%s in full: %d people, %d messages, %.1f s; times the bare SQL", kind, last.People, last.Sends, median(product)), quotients(product, bare), 2.5)
	}
	return nil
}

// factSQL reads the columns that decisions read, of the people whom $people gives.
var factSQL = []string{ //nolint:gochecknoglobals // a table
	`SELECT p.id, p.first_name, p.last_name, p.title, p.language, p.birthday, p.created_at, x.label_id, m.id FROM profiles p LEFT JOIN profile_labels x ON x.merchant_id = $1 AND x.profile_id = p.id
		LEFT JOIN memberships m ON m.merchant_id = $1 AND m.profile_id = p.id AND m.status = 'ACTIVE' WHERE p.merchant_id = $1 AND p.id IN ($people)`,
	`SELECT i.profile_id, c.id, c.source_id, c.external_id, c.kind, c.active, c.deleted_at, c.email, c.language, c.created_at, c.business, a.country_code FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
		LEFT JOIN addresses a ON a.merchant_id = $1 AND a.customer_id = c.id WHERE i.merchant_id = $1 AND i.profile_id IN ($people)`,
	`SELECT i.profile_id, c.customer_id, c.channel, c.preference, c.state, c.since FROM identities i JOIN consents c ON c.merchant_id = $1 AND c.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id IN ($people)`,
	`SELECT o.profile_id, o.id, o.source_id, o.customer_external_id, o.state, o.counted, o.test, o.paid, o.not_validated, o.placed_at, o.currency, o.language, o.net, o.returns FROM orders o
		WHERE o.merchant_id = $1 AND o.deleted_at IS NULL AND o.profile_id IN ($people) ORDER BY o.profile_id, o.placed_at`,
	`SELECT c.profile_id, c.id, c.source_id, c.customer_external_id, c.currency, c.language, c.value, c.value_known, c.started_at, c.active_at, c.ordered, c.order_id, c.was_abandoned, l.quantity FROM carts c
		LEFT JOIN cart_lines l ON l.merchant_id = $1 AND l.cart_id = c.id WHERE c.merchant_id = $1 AND c.deleted_at IS NULL AND c.profile_id IN ($people) ORDER BY c.profile_id, c.active_at`,
	`SELECT i.profile_id, a.household FROM identities i JOIN addresses a ON a.merchant_id = $1 AND a.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id IN ($people)`,
	`SELECT i.profile_id, e.*, f.* FROM identities i JOIN enrolment_members x ON x.merchant_id = $1 AND x.customer_id = i.customer_id JOIN enrolments e ON e.merchant_id = $1 AND e.id = x.enrolment_id
		LEFT JOIN follow_ups f ON f.merchant_id = $1 AND f.enrolment_id = e.id WHERE i.merchant_id = $1 AND i.profile_id IN ($people)`,
}

// readAll runs the bare SQL over the people and throws the rows away as they come.
func readAll(ctx context.Context, conn *pgx.Conn, m uuid.UUID, people string, args ...any) (time.Duration, error) {
	began := time.Now()
	for _, sql := range factSQL {
		rows, err := conn.Query(ctx, strings.ReplaceAll(sql, "$people", people), append([]any{m}, args...)...)
		if err != nil {
			return 0, err
		}
		for rows.Next() {
			_ = rows.RawValues()
		}
		if err := rows.Err(); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// decideOneDay lets the classic campaigns run, and puts everybody in line whom one day concerns:
// one person in two hundred.
func (r *rig) decideOneDay(ctx context.Context, w *world, conn *pgx.Conn) error {
	list, err := w.store.Campaigns(ctx, w.merchant)
	if err != nil {
		return err
	}
	for i := range list {
		if _, err := w.store.MoveCampaign(ctx, w.merchant, list[i].ID, relance.CampaignRunning, workingMorning); err != nil {
			return err
		}
	}
	const today = `SELECT x FROM unnest($2::uuid[]) x`
	var bare, product, over []float64
	for run := range r.runs {
		var ids []uuid.UUID
		rows, err := conn.Query(ctx, `SELECT id FROM profiles WHERE merchant_id = $1 ORDER BY id`, w.merchant)
		if err != nil {
			return err
		}
		all, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		for i := run; i < len(all); i += 200 {
			ids = append(ids, all[i])
		}
		if _, err := conn.Exec(ctx, `DELETE FROM due WHERE merchant_id = $1`, w.merchant); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, `INSERT INTO due (merchant_id, id, kind, ref_id, due_at) SELECT $1, x, 'PROFILE', x, $3 FROM unnest($2::uuid[]) x`, w.merchant, ids, workingMorning); err != nil {
			return err
		}
		took, err := readAll(ctx, conn, w.merchant, today, ids)
		if err != nil {
			return err
		}
		began := time.Now()
		if err := w.app.EvaluateDue(ctx, w.merchant); err != nil {
			return err
		}
		bare, product = append(bare, took.Seconds()), append(product, time.Since(began).Seconds())
		over = append(over, (time.Since(began) - 50*time.Millisecond).Seconds())
	}
	atMost(fmt.Sprintf("a day's %d people: %.2f s (bare SQL %.2f s); less 50 ms, times the bare SQL", r.people/200, median(product), median(bare)), quotients(over, bare), 3)
	return nil
}

// measureSending lets the product send to the customers of a simulated shop, each with a voucher,
// beside a bare program that asks shop and relay for the same.
func (r *rig) measureSending(ctx context.Context) error {
	var bare, product []float64
	for range r.runs {
		s, err := r.newSending(ctx)
		if err != nil {
			return err
		}
		took, sent, err := s.send(ctx, r)
		if err != nil {
			return err
		}
		floor, err := s.bare(ctx, r, sent)
		s.close()
		if err != nil {
			return err
		}
		product, bare = append(product, took.Seconds()), append(bare, floor.Seconds())
		fmt.Printf("%d messages with vouchers: product %.1f s, shop and relay alone %.1f s\n", sent, took.Seconds(), floor.Seconds())
	}
	atLeast("sending, share of the speed of shop and relay alone", quotients(bare, product), 0.5)
	return nil
}

type sending struct {
	*world
	shop *shop
	sink *smtptest.Sink
	mail *delivery.SMTP
	stop func()
}

func (r *rig) newSending(ctx context.Context) (*sending, error) {
	s := &sending{sink: &smtptest.Sink{}}
	var err error
	if s.shop, err = serveShop(r.messages * 5 / 4); err != nil {
		return nil, err
	}
	if s.world, err = r.newWorld(ctx, s.shop); err != nil {
		return nil, err
	}
	if _, err := r.productPull(ctx, s.world, full); err != nil {
		return nil, err
	}
	url, stop, err := s.sink.Listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.stop = stop
	if s.mail, err = delivery.NewSMTP(url); err != nil {
		return nil, err
	}
	s.app.Mail, s.app.Texts, s.app.PublicURL = s.mail, template.New(), "https://relance.example.com"
	ahead := time.Until(workingMorning.AddDate(0, 0, 364)) // a Tuesday again
	s.app.Now = func() time.Time { return time.Now().Add(ahead) }
	return s, s.readyToSend(ctx)
}

func (s *sending) close() {
	s.mail.Close()
	s.stop()
	s.store.Close()
}

// voucher is what each recipient gets.
func (s *sending) offer() *relance.Offer {
	return &relance.Offer{Kind: relance.VoucherPercent, Value: decimal.NewFromInt(10), ValidDays: 30, Prefix: "BENCH"}
}

// send lets the workers of this process send a campaign to whoever ordered, as many as r.messages.
func (s *sending) send(ctx context.Context, r *rig) (time.Duration, int, error) {
	plan := relance.Plan{Trigger: relance.Trigger{Kind: relance.TriggerInactiveCustomer, Days: 1}, Reentry: relance.Reentry{Policy: relance.ReentryOnce}, ReachBack: true, ExpiresAfter: 7 * 24 * time.Hour,
		Budget: relance.Budget{Total: r.messages},
		Steps: []relance.CampaignStep{{Key: "one", Voucher: s.offer(), Email: map[string]relance.EmailText{"fr": {Subject: "{{ voucher.value }}", Body: "{{ greeting }}\n\n{{ voucher.code }}"},
			"de": {Subject: "{{ voucher.value }}", Body: "{{ greeting }}\n\n{{ voucher.code }}"}}}}}
	id, err := s.store.AddCampaign(ctx, s.merchant, "Bench", plan, "bench", s.app.Now())
	if err != nil {
		return 0, 0, err
	}
	if _, err := s.store.MoveCampaign(ctx, s.merchant, id, relance.CampaignRunning, s.app.Now()); err != nil {
		return 0, 0, err
	}
	if err := s.app.EvaluateDue(ctx, s.merchant); err != nil {
		return 0, 0, err
	}
	n, err := s.store.CampaignNumbers(ctx, s.merchant, id)
	if err != nil {
		return 0, 0, err
	}
	queue := workers.NewQueue(r.stack.Redis)
	working, halt := context.WithCancel(ctx)
	defer halt()
	var done sync.WaitGroup
	began := time.Now()
	done.Go(func() {
		_ = workers.New(r.stack.Redis, s.app, s.store, queue, workers.Options{}, slog.New(slog.DiscardHandler), s.app.Now).Run(working)
	})
	for s.sink.Taken() < n.Due {
		select {
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if time.Since(began) > 10*time.Minute {
			return 0, 0, fmt.Errorf("only %d of %d messages were sent in ten minutes", s.sink.Taken(), n.Due)
		}
	}
	took := time.Since(began)
	halt()
	done.Wait()
	return took, n.Due, nil
}

// bare asks the shop for the same orders and vouchers and the relay for as many mails, four at a time
// as the product does, and nothing else.
func (s *sending) bare(ctx context.Context, r *rig, n int) (time.Duration, error) {
	c, err := prestashop.Platform().New(r.deps(slog.New(slog.DiscardHandler)), relance.Credentials{URL: s.shop.url, Key: prestashoptest.DefaultKey})
	if err != nil {
		return 0, err
	}
	issuer, finder := c.(connectors.VoucherIssuer), c.(connectors.OrderFinder) //nolint:forcetypeassert // it is both
	now := s.app.Now().UTC().Truncate(time.Second)
	began := time.Now()
	var g errgroup.Group
	g.SetLimit(4)
	for i := range n {
		g.Go(func() error {
			o := s.offer()
			if _, err := finder.OrdersOf(ctx, []string{strconv.Itoa(i + 1)}, []string{"person" + strconv.Itoa(i) + "@example.com"}); err != nil {
				return err
			}
			if _, err := issuer.IssueVoucher(ctx, relance.VoucherOrder{Code: "BARE-" + strconv.Itoa(100_000+i), Kind: o.Kind, Value: o.Value, Currency: "EUR", From: now.Add(-24 * time.Hour), Until: now.Add(720 * time.Hour),
				Titles: map[string]string{"en": "Bench"}}); err != nil {
				return err
			}
			return s.mail.Send(ctx, relance.Email{MessageID: strconv.Itoa(i) + "@maison.example", From: "shop@maison.example", FromName: "Shop", To: "person" + strconv.Itoa(i) + "@example.com",
				Subject: "10 %", Text: "Bonjour", HTML: "<p>Bonjour</p>", Unsubscribe: "https://relance.example.com/u/x", At: now})
		})
	}
	err = g.Wait()
	return time.Since(began), err
}
